/// The beginning of a map file: what the content is, so that a file can be judged without anything else.
///
/// Little-endian: magic (8), format (4), block size (4), content size (8), length of the key (8), the key, zeros up to
/// a multiple of 8, XXH3 of all that (8). The checksums of the blocks follow, 8 bytes each.
struct MapHeader: Equatable {
    static let format: UInt32 = 1
    /// No sane key is longer; a longer one is not cached.
    static let longestKey = 65_536
    private static let magic = Array("DSBLOCKS".utf8)

    var blockSize: Int
    var size: UInt64
    /// `ContentKey.bytes`.
    var key: [UInt8]

    var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.append(littleEndian: Self.format)
        bytes.append(littleEndian: UInt32(clamping: blockSize))
        bytes.append(littleEndian: size)
        bytes.append(littleEndian: UInt64(key.count))
        bytes.append(contentsOf: key)
        while !bytes.count.isMultiple(of: 8) { bytes.append(0) }
        bytes.append(littleEndian: xxh3(bytes))
        return bytes
    }
}
