import DatasetModel
import DatasetSync
import DatasetTestSupport

@testable import DatasetArchive

extension ArchiveDirectory {
    init(_ bytes: [UInt8], limits: ArchiveLimits = .standard) throws(ArchiveError) {
        try self.init(reading: MemorySource(bytes), limits: limits, until: Cancellation())
    }
}

extension MemberReader {
    /// The whole content by one call.
    func whole() throws(ArchiveError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Int(member.size))
        try unsafe bytes.withMutableRawBytes { buffer throws(ArchiveError) in
            try unsafe readWhole(into: buffer, until: Cancellation())
        }
        return bytes
    }

    /// A part of the content through a sink.
    func part(_ offset: UInt64, _ count: UInt64) throws(ArchiveError) -> [UInt8] {
        let sink = CollectingSink()
        try read(ByteRange(offset: offset, count: count), into: sink, until: Cancellation())
        return sink.bytes
    }
}

/// The code of the archive error that `body` throws; nil when it throws none.
func code(_ body: () throws -> some Any) -> ArchiveError.Code? {
    do {
        _ = try body()
        return nil
    } catch {
        return (error as? ArchiveError)?.code
    }
}
