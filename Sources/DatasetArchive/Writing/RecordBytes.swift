internal import DatasetModel

/// What was found out about a member while its data were written.
struct WrittenFacts: Sendable {
    var method: CompressionMethod
    var flags: GeneralFlags
    var crc32: UInt32
    var size: UInt64
    var compressedSize: UInt64
    var headerOffset: UInt64
    /// Its local header keeps its sizes in 64 bits: decided before they are known.
    var isLarge: Bool
    /// Of an encrypted member that was taken over.
    var encryption: EncryptedHeader?
}

/// The records of an archive in bytes; nothing in them depends on the day or the machine.
enum RecordBytes {
    /// Unix, and the version of the specification that is kept to: 6.3.
    private static let madeBy: UInt16 = 3 << 8 | 63
    private static let limit = UInt64(UInt32.max)
    /// All records after the directory.
    static let endLength = Zip64EndRecord.fixedLength + Zip64Locator.fixedLength + EndRecord.fixedLength

    /// The most that both headers of a member take.
    static func largestLength(name: [UInt8]) -> Int {
        let extra = 4 + 5 + 4 + 24 + 4 + 7
        let descriptor = 24
        return LocalFileHeader.fixedLength + CentralFileHeader.fixedLength + 2 * (name.count + extra) + descriptor
    }

    /// Bytes from here on are told in 64 bits.
    static func isLarge(_ bytes: UInt64) -> Bool { bytes >= limit }

    static func localHeader(_ member: NewMember, _ facts: WrittenFacts) -> [UInt8] {
        let name = member.storedName
        var extra: [UInt8] = []
        if facts.isLarge {
            ExtraFields.appendZip64(
                size: facts.size,
                compressedSize: facts.compressedSize,
                headerOffset: nil,
                to: &extra
            )
        }
        ExtraFields.appendExtendedTimestamp(modified: member.modified.seconds, to: &extra)
        extra += facts.encryption?.extra ?? []
        var bytes: [UInt8] = []
        bytes.reserveCapacity(LocalFileHeader.fixedLength + name.count + extra.count)
        LocalFileHeader(
            versionNeeded: versionNeeded(member, facts, isLarge: facts.isLarge),
            flags: facts.flags,
            method: facts.method,
            modified: facts.encryption?.modified ?? DOSTime(member.modified),
            crc32: facts.crc32,
            compressedSize: facts.isLarge ? .max : UInt32(truncatingIfNeeded: facts.compressedSize),
            size: facts.isLarge ? .max : UInt32(truncatingIfNeeded: facts.size),
            nameLength: UInt16(name.count),
            extraLength: UInt16(extra.count)
        ).append(to: &bytes)
        return bytes + name + extra
    }

    static func appendCentralHeader(_ member: NewMember, _ facts: WrittenFacts, to bytes: inout [UInt8]) {
        let name = member.storedName
        var extra: [UInt8] = []
        ExtraFields.appendZip64(
            size: wide(facts.size),
            compressedSize: wide(facts.compressedSize),
            headerOffset: wide(facts.headerOffset),
            to: &extra
        )
        let isLarge = facts.isLarge || !extra.isEmpty
        ExtraFields.appendExtendedTimestamp(modified: member.modified.seconds, to: &extra)
        extra += facts.encryption?.extra ?? []
        CentralFileHeader(
            versionMadeBy: madeBy,
            versionNeeded: versionNeeded(member, facts, isLarge: isLarge),
            flags: facts.flags,
            method: facts.method,
            modified: facts.encryption?.modified ?? DOSTime(member.modified),
            crc32: facts.crc32,
            compressedSize: UInt32(clamping: facts.compressedSize),
            size: UInt32(clamping: facts.size),
            nameLength: UInt16(name.count),
            extraLength: UInt16(extra.count),
            externalAttributes: member.externalAttributes,
            headerOffset: UInt32(clamping: facts.headerOffset)
        ).append(to: &bytes)
        bytes += name
        bytes += extra
    }

    /// What stands behind the directory.
    static func end(members: Int, directory: ByteRange) -> [UInt8] {
        var bytes: [UInt8] = []
        if members >= Int(UInt16.max) || isLarge(directory.count) || isLarge(directory.offset) {
            Zip64EndRecord(
                versionMadeBy: madeBy,
                versionNeeded: 45,
                membersHere: UInt64(members),
                members: UInt64(members),
                directorySize: directory.count,
                directoryOffset: directory.offset
            ).append(to: &bytes)
            Zip64Locator(recordOffset: directory.end).append(to: &bytes)
        }
        EndRecord(
            membersHere: UInt16(clamping: members),
            members: UInt16(clamping: members),
            directorySize: UInt32(clamping: directory.count),
            directoryOffset: UInt32(clamping: directory.offset)
        ).append(to: &bytes)
        return bytes
    }

    /// What follows the data of a member whose flags announce it (APPNOTE 4.3.9); nothing else.
    static func dataDescriptor(_ facts: WrittenFacts) -> [UInt8] {
        guard facts.flags.contains(.dataDescriptor) else { return [] }
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(UInt32(0x0807_4b50))
        bytes.appendLittleEndian(facts.crc32)
        for size in [facts.compressedSize, facts.size] {
            if facts.isLarge {
                bytes.appendLittleEndian(size)
            } else {
                bytes.appendLittleEndian(UInt32(clamping: size))
            }
        }
        return bytes
    }

    /// UTF-8 is said only where it makes a difference.
    static func flags(name: String) -> GeneralFlags {
        name.utf8.allSatisfy { $0 < 0x80 } ? [] : .utf8
    }

    private static func wide(_ value: UInt64) -> UInt64? { isLarge(value) ? value : nil }

    /// APPNOTE 4.4.3.2.
    private static func versionNeeded(_ member: NewMember, _ facts: WrittenFacts, isLarge: Bool) -> UInt16 {
        let own: UInt16 =
            switch facts.method {
            case .stored where member.kind != .directory && facts.encryption == nil: 10
            case .deflate64: 21
            case .bzip2: 46
            case .aesEncrypted: 51
            case .lzma, .zstd, .zstdDeprecated, .xz: 63
            default: 20
            }
        return isLarge ? max(own, 45) : own
    }
}
