/// What a stream needs to go on in the middle of a deflated member.
///
/// The state behind a block of deflate is small: the last 32 KiB of output, up to seven bits of the last byte of input, and
/// where in both one is. The CRC of all output before it makes the check at the end as good as that of a whole read.
struct InflateCheckpoint: Equatable {
    /// Bytes of the content before it.
    var output: UInt64
    /// Bytes of the data before it; the last may be used in part.
    var input: UInt64
    /// Unused bits of `lastByte`.
    var bits: UInt8
    var lastByte: UInt8
    /// CRC-32 of the content before it.
    var crc: UInt32
    var window: [UInt8]
}

extension InflateCheckpoint {
    private static let form: UInt8 = 1
    private static let fixedLength = 60

    /// Bytes for a database: versioned, bound to the member, with a checksum over all; the window is packed where that helps.
    func encoded(for member: ArchiveMember) -> [UInt8] {
        let packed = deflated(window)
        let payload = packed ?? window
        var bytes: [UInt8] = [Self.form, bits, lastByte, packed == nil ? 0 : 1]
        bytes.reserveCapacity(Self.fixedLength + payload.count + 4)
        for value in [member.headerOffset, member.size, member.compressedSize, output, input] {
            bytes.appendLittleEndian(value)
        }
        bytes.appendLittleEndian(member.crc32)
        bytes.appendLittleEndian(crc)
        bytes.appendLittleEndian(UInt32(window.count))
        bytes.appendLittleEndian(UInt32(payload.count))
        bytes += payload
        bytes.appendLittleEndian(crc32(bytes))
        return bytes
    }

    /// Nil when the bytes are not a sound checkpoint of that member.
    init?(encoded bytes: [UInt8], for member: ArchiveMember) {
        guard bytes.count >= Self.fixedLength + 4, bytes[0] == Self.form,
            crc32(Array(bytes.dropLast(4))) == bytes.uint32(at: bytes.count - 4),
            bytes.uint64(at: 4) == member.headerOffset, bytes.uint64(at: 12) == member.size,
            bytes.uint64(at: 20) == member.compressedSize, bytes.uint32(at: 44) == member.crc32
        else { return nil }
        output = bytes.uint64(at: 28)
        input = bytes.uint64(at: 36)
        bits = bytes[1]
        lastByte = bytes[2]
        crc = bytes.uint32(at: 48)
        let length = Int(bytes.uint32(at: 52))
        let payload = bytes[Self.fixedLength..<(bytes.count - 4)]
        guard payload.count == Int(bytes.uint32(at: 56)), length <= 32 << 10, bits < 8, output <= member.size,
            input <= member.compressedSize
        else { return nil }
        guard bytes[3] == 1 else {
            window = Array(payload)
            return
        }
        guard let window = inflated(payload, count: length) else { return nil }
        self.window = window
    }
}
