internal import DatasetModel

extension ArchiveMember {
    /// The form of `encoded`; another number is not read.
    private static let form: UInt8 = 1
    private static let fixedLength = 56
    private static let noPermissions: UInt16 = .max
    private static let noTime: Int64 = .min

    /// Everything, in bytes for a database.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = [Self.form, kind.rawValue, defect?.rawValue ?? 0, 0]
        bytes.reserveCapacity(Self.fixedLength + name.utf8.count)
        bytes.appendLittleEndian(method.rawValue)
        bytes.appendLittleEndian(flags.rawValue)
        bytes.appendLittleEndian(size)
        bytes.appendLittleEndian(compressedSize)
        bytes.appendLittleEndian(headerOffset)
        bytes.appendLittleEndian(dataLimit)
        bytes.appendLittleEndian(modified?.nanoseconds ?? Self.noTime)
        bytes.appendLittleEndian(crc32)
        bytes.appendLittleEndian(nameLength)
        bytes.appendLittleEndian(permissions ?? Self.noPermissions)
        bytes += name.utf8
        return bytes
    }

    /// Nil when the bytes are not what this program writes.
    package init?(encoded bytes: [UInt8]) {
        guard bytes.count >= Self.fixedLength, bytes[0] == Self.form, let kind = Kind(rawValue: bytes[1]) else {
            return nil
        }
        let defect = ArchiveDefect(rawValue: bytes[2])
        guard defect != nil || bytes[2] == 0, let name = String(validating: bytes[Self.fixedLength...], as: UTF8.self)
        else { return nil }
        let time = Int64(bitPattern: bytes.uint64(at: 40))
        let permissions = bytes.uint16(at: 54)
        self.init(
            name: name,
            kind: kind,
            method: CompressionMethod(rawValue: bytes.uint16(at: 4)),
            flags: GeneralFlags(rawValue: bytes.uint16(at: 6)),
            size: bytes.uint64(at: 8),
            compressedSize: bytes.uint64(at: 16),
            crc32: bytes.uint32(at: 48),
            headerOffset: bytes.uint64(at: 24),
            nameLength: bytes.uint16(at: 52),
            dataLimit: bytes.uint64(at: 32),
            permissions: permissions == Self.noPermissions ? nil : permissions,
            modified: time == Self.noTime ? nil : Timestamp(nanoseconds: time),
            defect: defect
        )
    }
}
