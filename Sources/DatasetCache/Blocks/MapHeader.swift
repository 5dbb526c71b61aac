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

extension MapHeader {
    /// Bytes in front of the key.
    static let fixedLength = 32

    /// Bytes that the whole header takes, from its beginning; nil where that is none of these headers.
    static func length(of start: some Collection<UInt8>) -> Int? {
        let start = Array(start)
        guard start.count == fixedLength, start.starts(with: magic), start.integer(at: 8, count: 4) == UInt64(format),
            let key = Int(exactly: start.integer(at: 24, count: 8)), key <= longestKey
        else { return nil }
        return (fixedLength + key + 7) / 8 * 8 + 8
    }

    /// Reads what ``bytes`` wrote; nil for anything else.
    init?(bytes: [UInt8]) {
        guard bytes.count >= Self.fixedLength, Self.length(of: bytes.prefix(Self.fixedLength)) == bytes.count else {
            return nil
        }
        let keyLength = Int(bytes.integer(at: 24, count: 8))
        self.init(
            blockSize: Int(bytes.integer(at: 12, count: 4)),
            size: bytes.integer(at: 16, count: 8),
            key: Array(bytes[Self.fixedLength..<(Self.fixedLength + keyLength)])
        )
        guard self.bytes == bytes else { return nil }
    }
}

extension [UInt8] {
    /// An integer, lowest byte first.
    fileprivate func integer(at offset: Int, count: Int) -> UInt64 {
        self[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
