internal import DatasetModel
internal import DatasetSync

extension ArchiveDirectory {
    /// The longest comment, the end record and the two 64-bit records.
    private static let longestTail = UInt64(
        EndRecord.fixedLength + Int(UInt16.max) + Zip64Locator.fixedLength + Zip64EndRecord.fixedLength
    )

    /// The end of the archive and the tail that it was found in.
    @available(*, noasync)
    static func findEnd(of source: any ArchiveSource, limits: ArchiveLimits, until cancellation: Cancellation)
        throws(ArchiveError) -> (EndOfArchive, tail: [UInt8])
    {
        let first = UInt64(clamping: max(limits.tailSize, EndRecord.fixedLength))
        var tail: [UInt8] = []
        for length in [first, longestTail] {
            let count = min(length, source.size)
            guard count > UInt64(tail.count) else { continue }
            let start = source.size - count
            let missing = ByteRange(offset: start, count: count - UInt64(tail.count))
            tail = try source.bytes(missing, until: cancellation) + tail
            var search = EndOfArchive.search(tail, from: start)
            if case .needsZip64Record(let position) = search {
                let range = ByteRange(offset: position, count: UInt64(Zip64EndRecord.fixedLength))
                let record = try source.bytes(range, until: cancellation)
                search = EndOfArchive.search(tail, from: start, zip64Record: record)
            }
            switch search {
            case .found(let end): return (end, tail)
            case .damaged(let reason):
                throw ArchiveError(.damaged, reason, remedy: "Get the archive anew, or repair it with `zip -FF`.")
            case .needsZip64Record, .absent: continue
            }
        }
        throw try absence(in: source, until: cancellation)
    }

    /// Bytes that begin as an archive and have no directory are half an archive; others are none.
    @available(*, noasync)
    private static func absence(in source: any ArchiveSource, until cancellation: Cancellation)
        throws(ArchiveError) -> ArchiveError
    {
        let head = try source.bytes(ByteRange(offset: 0, count: min(4, source.size)), until: cancellation)
        guard head.count == 4, head.uint32(at: 0) == LocalFileHeader.signature else {
            return ArchiveError(.notAnArchive, "These bytes are not a zip archive")
        }
        return ArchiveError(
            .truncated,
            "The archive ends before its directory",
            remedy: "Get the archive anew, or repair it with `zip -FF`."
        )
    }
}
