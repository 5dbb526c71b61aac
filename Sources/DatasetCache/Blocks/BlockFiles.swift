internal import Glibc

/// The two open files of one content: `.data`, a sparse copy, and `.map`, a header and a checksum for each block.
///
/// Nothing is ever synced: a block is believed only when its bytes match its checksum, so a write that a crash tore or
/// lost is a miss.
struct BlockFiles: Sendable {
    let data: Descriptor
    let map: Descriptor
    /// The data once more, opened to be written past the page cache; nil for what is small or where that is impossible.
    private let direct: Descriptor?
    /// Where the checksums begin in the map file.
    private let checksumsOffset: UInt64

    /// Smaller contents are never written in pieces worth it.
    private static let directFloor: UInt64 = 4 << 20

    static func base(of name: ContentName, in directory: String) -> String {
        "\(directory)/\(name.folder)/\(name.text)"
    }

    /// Opens or makes both files; files of anything but `header` are emptied first.
    static func open(
        _ name: ContentName,
        in directory: String,
        header: MapHeader,
        blockCount: Int
    ) throws(SystemFailure) -> (files: BlockFiles, map: BlockMap) {
        let base = base(of: name, in: directory)
        let data: Descriptor
        do {
            data = try Descriptor(creating: "\(base).data")
        } catch {
            guard error.code == ENOENT else { throw error }
            _ = unsafe mkdir("\(directory)/\(name.folder)", 0o700)
            data = try Descriptor(creating: "\(base).data")
        }
        let map = try Descriptor(creating: "\(base).map")
        let expected = header.bytes
        // Best effort: where it fails, everything goes through the page cache.
        let direct = header.size >= directFloor ? try? Descriptor(direct: "\(base).data") : nil
        let files = BlockFiles(data: data, map: map, direct: direct, checksumsOffset: UInt64(expected.count))
        if try files.begins(with: expected) {
            return (files, try files.loadMap(blockCount: blockCount))
        }
        try map.truncate(to: 0)
        try data.truncate(to: 0)
        try data.truncate(to: header.size)
        try map.write(expected, at: 0)
        return (files, BlockMap(blockCount: blockCount))
    }

    /// What a map file says that it is; nil where there is none that could be believed.
    static func header(of name: ContentName, in directory: String) -> MapHeader? {
        guard let map = try? Descriptor(reading: "\(base(of: name, in: directory)).map") else { return nil }
        var start = [UInt8](repeating: 0, count: MapHeader.fixedLength)
        guard let length = try? map.read(at: 0, into: &start), let rest = MapHeader.length(of: start.prefix(length))
        else {
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: rest)
        guard let read = try? map.read(at: 0, into: &bytes), read == rest else { return nil }
        return MapHeader(bytes: bytes)
    }

    /// Writes data.
    ///
    /// - Parameter bypassing: Past the page cache, where the file system can do that with such bytes.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64, bypassing: Bool) throws(SystemFailure) {
        if bypassing, let direct {
            do throws(SystemFailure) {
                return try unsafe direct.write(bytes, at: offset)
            } catch {
                guard error.code == EINVAL else { throw error }
            }
        }
        try unsafe data.write(bytes, at: offset)
    }

    var allocatedBytes: UInt64 { data.allocatedBytes + map.allocatedBytes }

    /// Writes checksums, the first that of `block`.
    func writeChecksums(_ checksums: [UInt64], from block: Int) throws(SystemFailure) {
        try map.write(checksums.map(\.littleEndian), at: checksumsOffset + UInt64(block) * 8)
    }

    private func begins(with expected: [UInt8]) throws(SystemFailure) -> Bool {
        var found = [UInt8](repeating: 0, count: expected.count)
        let count = try map.read(at: 0, into: &found)
        return count == expected.count && found == expected
    }

    /// Reads all checksums, a segment at a time; holes and what a shortened file lacks are absent.
    private func loadMap(blockCount: Int) throws(SystemFailure) -> BlockMap {
        var result = BlockMap(blockCount: blockCount)
        let segmentBytes = UInt64(BlockMap.segmentLength * 8)
        var position = checksumsOffset
        let end = checksumsOffset + UInt64(blockCount) * 8
        while let next = map.nextData(from: position), next < end {
            let segment = Int((next - checksumsOffset) / segmentBytes)
            position = checksumsOffset + UInt64(segment) * segmentBytes
            var checksums = [UInt64](repeating: 0, count: BlockMap.segmentLength)
            let count = try map.read(at: position, into: &checksums)
            // A checksum cut in two is as good as none: it will not match.
            result.load(segment: segment, checksums.map(UInt64.init(littleEndian:)), count: count / 8)
            position += segmentBytes
        }
        return result
    }
}
