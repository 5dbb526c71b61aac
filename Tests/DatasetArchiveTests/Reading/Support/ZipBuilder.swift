import CDeflate
import DatasetModel

@testable import DatasetArchive

/// An archive made byte by byte, so that every field can lie.
struct ZipBuilder {
    struct Entry {
        var name: [UInt8]
        var content: [UInt8] = []
        var method = CompressionMethod.stored
        var flags: GeneralFlags = []
        var madeBy: UInt16 = 3 << 8 | 20
        var externalAttributes: UInt32 = 0o100644 << 16
        var localExtra: [UInt8] = []
        var centralExtra: [UInt8] = []
        /// Packed bytes; from `content` by `method` when nil.
        var data: [UInt8]?
        var crc: UInt32?
        var size: UInt32?
        var compressedSize: UInt32?
        var headerOffset: UInt32?
        var localName: [UInt8]?
        var localMethod: CompressionMethod?
        var modified = DOSTime(date: 0x5621, time: 0)
        /// No local header and no data: only told in the directory.
        var isPhantom = false

        init(_ name: String, _ content: [UInt8] = []) {
            self.name = Array(name.utf8)
            self.content = content
        }
    }

    var entries: [Entry] = []
    var prefix: [UInt8] = []
    /// Offsets count the prefix.
    var countsPrefix = false
    var comment: [UInt8] = []
    var isZip64 = false
    var declaredMembers: UInt16?
    var suffix: [UInt8] = []
    /// Where the archive's directory is told to be, relative to the truth.
    var directoryShift: Int64 = 0

    init(_ entries: [Entry]) {
        self.entries = entries
    }

    static func packed(_ entry: Entry) -> [UInt8] {
        if let data = entry.data { return data }
        guard entry.method == .deflated else { return entry.content }
        return deflate(entry.content)
    }

    static func deflate(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        let compressor = unsafe libdeflate_alloc_compressor(level)
        defer { unsafe libdeflate_free_compressor(compressor) }
        let bound = unsafe libdeflate_deflate_compress_bound(compressor, bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = unsafe libdeflate_deflate_compress(compressor, bytes, bytes.count, buffer.baseAddress, bound)
        }
    }

    var bytes: [UInt8] {
        var bytes = prefix
        let base = countsPrefix ? 0 : UInt32(prefix.count)
        var directory: [UInt8] = []
        for entry in entries {
            let offset = UInt32(bytes.count) - base
            let data = Self.packed(entry)
            let crc = entry.crc ?? crc32(entry.content)
            let (size, packedSize) = (UInt32(entry.content.count), UInt32(data.count))
            if !entry.isPhantom {
                LocalFileHeader(
                    versionNeeded: 20,
                    flags: entry.flags,
                    method: entry.localMethod ?? entry.method,
                    modified: entry.modified,
                    crc32: crc,
                    compressedSize: packedSize,
                    size: size,
                    nameLength: UInt16((entry.localName ?? entry.name).count),
                    extraLength: UInt16(entry.localExtra.count)
                ).append(to: &bytes)
                bytes += (entry.localName ?? entry.name) + entry.localExtra + data
            }
            CentralFileHeader(
                versionMadeBy: entry.madeBy,
                versionNeeded: 20,
                flags: entry.flags,
                method: entry.method,
                modified: entry.modified,
                crc32: crc,
                compressedSize: entry.compressedSize ?? packedSize,
                size: entry.size ?? size,
                nameLength: UInt16(entry.name.count),
                extraLength: UInt16(entry.centralExtra.count),
                externalAttributes: entry.externalAttributes,
                headerOffset: entry.headerOffset ?? offset
            ).append(to: &directory)
            directory += entry.name + entry.centralExtra
        }
        let start = UInt64(Int64(bytes.count) - Int64(base) + directoryShift)
        bytes += directory
        appendEnd(to: &bytes, directory: directory.count, start: start, base: UInt64(base))
        return bytes + comment + suffix
    }

    private func appendEnd(to bytes: inout [UInt8], directory: Int, start: UInt64, base: UInt64) {
        let members = declaredMembers ?? UInt16(truncatingIfNeeded: entries.count)
        if isZip64 {
            let position = UInt64(bytes.count) - base
            Zip64EndRecord(
                versionMadeBy: 45,
                versionNeeded: 45,
                membersHere: UInt64(entries.count),
                members: UInt64(entries.count),
                directorySize: UInt64(directory),
                directoryOffset: start
            ).append(to: &bytes)
            Zip64Locator(recordOffset: position).append(to: &bytes)
        }
        EndRecord(
            membersHere: isZip64 ? .max : members,
            members: isZip64 ? .max : members,
            directorySize: isZip64 ? .max : UInt32(directory),
            directoryOffset: isZip64 ? .max : UInt32(truncatingIfNeeded: start),
            commentLength: UInt16(comment.count)
        ).append(to: &bytes)
    }
}
