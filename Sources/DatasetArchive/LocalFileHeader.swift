/// The fixed part of what stands before a member's data (APPNOTE 4.3.7); name and extra fields follow it.
package struct LocalFileHeader: Hashable, Sendable {
    package static let signature: UInt32 = 0x0403_4b50
    package static let fixedLength = 30

    package var versionNeeded: UInt16
    package var flags: GeneralFlags
    package var method: CompressionMethod
    package var modified: DOSTime
    package var crc32: UInt32
    package var compressedSize: UInt32
    package var size: UInt32
    package var nameLength: UInt16
    package var extraLength: UInt16

    package init(
        versionNeeded: UInt16,
        flags: GeneralFlags,
        method: CompressionMethod,
        modified: DOSTime,
        crc32: UInt32,
        compressedSize: UInt32,
        size: UInt32,
        nameLength: UInt16,
        extraLength: UInt16
    ) {
        self.versionNeeded = versionNeeded
        self.flags = flags
        self.method = method
        self.modified = modified
        self.crc32 = crc32
        self.compressedSize = compressedSize
        self.size = size
        self.nameLength = nameLength
        self.extraLength = extraLength
    }

    /// Nil when the bytes are too few or do not begin with the signature.
    package init?(_ bytes: [UInt8], at start: Int = 0) {
        guard start >= 0, bytes.count - start >= Self.fixedLength, bytes.uint32(at: start) == Self.signature else {
            return nil
        }
        versionNeeded = bytes.uint16(at: start + 4)
        flags = GeneralFlags(rawValue: bytes.uint16(at: start + 6))
        method = CompressionMethod(rawValue: bytes.uint16(at: start + 8))
        modified = DOSTime(date: bytes.uint16(at: start + 12), time: bytes.uint16(at: start + 10))
        crc32 = bytes.uint32(at: start + 14)
        compressedSize = bytes.uint32(at: start + 18)
        size = bytes.uint32(at: start + 22)
        nameLength = bytes.uint16(at: start + 26)
        extraLength = bytes.uint16(at: start + 28)
    }

    package func append(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Self.signature)
        bytes.appendLittleEndian(versionNeeded)
        bytes.appendLittleEndian(flags.rawValue)
        bytes.appendLittleEndian(method.rawValue)
        bytes.appendLittleEndian(modified.time)
        bytes.appendLittleEndian(modified.date)
        bytes.appendLittleEndian(crc32)
        bytes.appendLittleEndian(compressedSize)
        bytes.appendLittleEndian(size)
        bytes.appendLittleEndian(nameLength)
        bytes.appendLittleEndian(extraLength)
    }
}
