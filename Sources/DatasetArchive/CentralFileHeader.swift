/// The fixed part of one member's entry in the directory (APPNOTE 4.3.12); name, extra fields and comment follow it.
package struct CentralFileHeader: Hashable, Sendable {
    package static let signature: UInt32 = 0x0201_4b50
    package static let fixedLength = 46

    /// The maker's system in the upper byte: 0 MS-DOS, 3 Unix, 10 Windows, 14 VFAT, 19 macOS.
    package var versionMadeBy: UInt16
    package var versionNeeded: UInt16
    package var flags: GeneralFlags
    package var method: CompressionMethod
    package var modified: DOSTime
    package var crc32: UInt32
    package var compressedSize: UInt32
    package var size: UInt32
    package var nameLength: UInt16
    package var extraLength: UInt16
    package var commentLength: UInt16
    package var diskStart: UInt16
    package var internalAttributes: UInt16
    /// `st_mode` in the upper half where the maker is Unix, DOS attributes in the lowest byte.
    package var externalAttributes: UInt32
    package var headerOffset: UInt32

    package init(
        versionMadeBy: UInt16,
        versionNeeded: UInt16,
        flags: GeneralFlags,
        method: CompressionMethod,
        modified: DOSTime,
        crc32: UInt32,
        compressedSize: UInt32,
        size: UInt32,
        nameLength: UInt16,
        extraLength: UInt16,
        commentLength: UInt16 = 0,
        diskStart: UInt16 = 0,
        internalAttributes: UInt16 = 0,
        externalAttributes: UInt32,
        headerOffset: UInt32
    ) {
        self.versionMadeBy = versionMadeBy
        self.versionNeeded = versionNeeded
        self.flags = flags
        self.method = method
        self.modified = modified
        self.crc32 = crc32
        self.compressedSize = compressedSize
        self.size = size
        self.nameLength = nameLength
        self.extraLength = extraLength
        self.commentLength = commentLength
        self.diskStart = diskStart
        self.internalAttributes = internalAttributes
        self.externalAttributes = externalAttributes
        self.headerOffset = headerOffset
    }

    /// Bytes of the whole entry.
    package var length: Int { Self.fixedLength + Int(nameLength) + Int(extraLength) + Int(commentLength) }
}

extension CentralFileHeader {
    /// Nil when the bytes are too few or do not begin with the signature.
    package init?(_ bytes: [UInt8], at start: Int = 0) {
        guard start >= 0, bytes.count - start >= Self.fixedLength, bytes.uint32(at: start) == Self.signature else {
            return nil
        }
        self.init(
            versionMadeBy: bytes.uint16(at: start + 4),
            versionNeeded: bytes.uint16(at: start + 6),
            flags: GeneralFlags(rawValue: bytes.uint16(at: start + 8)),
            method: CompressionMethod(rawValue: bytes.uint16(at: start + 10)),
            modified: DOSTime(date: bytes.uint16(at: start + 14), time: bytes.uint16(at: start + 12)),
            crc32: bytes.uint32(at: start + 16),
            compressedSize: bytes.uint32(at: start + 20),
            size: bytes.uint32(at: start + 24),
            nameLength: bytes.uint16(at: start + 28),
            extraLength: bytes.uint16(at: start + 30),
            commentLength: bytes.uint16(at: start + 32),
            diskStart: bytes.uint16(at: start + 34),
            internalAttributes: bytes.uint16(at: start + 36),
            externalAttributes: bytes.uint32(at: start + 38),
            headerOffset: bytes.uint32(at: start + 42)
        )
    }

    package func append(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Self.signature)
        bytes.appendLittleEndian(versionMadeBy)
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
        bytes.appendLittleEndian(commentLength)
        bytes.appendLittleEndian(diskStart)
        bytes.appendLittleEndian(internalAttributes)
        bytes.appendLittleEndian(externalAttributes)
        bytes.appendLittleEndian(headerOffset)
    }
}
