/// The end of central directory of an archive whose counts or offsets need 64 bits (APPNOTE 4.3.14).
package struct Zip64EndRecord: Hashable, Sendable {
    package static let signature: UInt32 = 0x0606_4b50
    package static let fixedLength = 56

    package var versionMadeBy: UInt16
    package var versionNeeded: UInt16
    package var disk: UInt32
    package var directoryDisk: UInt32
    package var membersHere: UInt64
    package var members: UInt64
    package var directorySize: UInt64
    package var directoryOffset: UInt64

    package init(
        versionMadeBy: UInt16,
        versionNeeded: UInt16,
        disk: UInt32 = 0,
        directoryDisk: UInt32 = 0,
        membersHere: UInt64,
        members: UInt64,
        directorySize: UInt64,
        directoryOffset: UInt64
    ) {
        self.versionMadeBy = versionMadeBy
        self.versionNeeded = versionNeeded
        self.disk = disk
        self.directoryDisk = directoryDisk
        self.membersHere = membersHere
        self.members = members
        self.directorySize = directorySize
        self.directoryOffset = directoryOffset
    }

    /// Nil when the bytes are too few or do not begin with the signature.
    package init?(_ bytes: [UInt8], at start: Int = 0) {
        guard start >= 0, bytes.count - start >= Self.fixedLength, bytes.uint32(at: start) == Self.signature else {
            return nil
        }
        versionMadeBy = bytes.uint16(at: start + 12)
        versionNeeded = bytes.uint16(at: start + 14)
        disk = bytes.uint32(at: start + 16)
        directoryDisk = bytes.uint32(at: start + 20)
        membersHere = bytes.uint64(at: start + 24)
        members = bytes.uint64(at: start + 32)
        directorySize = bytes.uint64(at: start + 40)
        directoryOffset = bytes.uint64(at: start + 48)
    }

    package func append(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Self.signature)
        // The record's length counts neither the signature nor itself.
        bytes.appendLittleEndian(UInt64(Self.fixedLength - 12))
        bytes.appendLittleEndian(versionMadeBy)
        bytes.appendLittleEndian(versionNeeded)
        bytes.appendLittleEndian(disk)
        bytes.appendLittleEndian(directoryDisk)
        bytes.appendLittleEndian(membersHere)
        bytes.appendLittleEndian(members)
        bytes.appendLittleEndian(directorySize)
        bytes.appendLittleEndian(directoryOffset)
    }
}

/// Where the 64-bit end record is; stands directly before the ordinary one (APPNOTE 4.3.15).
package struct Zip64Locator: Hashable, Sendable {
    package static let signature: UInt32 = 0x0706_4b50
    package static let fixedLength = 20

    package var disk: UInt32
    package var recordOffset: UInt64
    package var disks: UInt32

    package init(disk: UInt32 = 0, recordOffset: UInt64, disks: UInt32 = 1) {
        self.disk = disk
        self.recordOffset = recordOffset
        self.disks = disks
    }

    /// Nil when the bytes are too few or do not begin with the signature.
    package init?(_ bytes: [UInt8], at start: Int = 0) {
        guard start >= 0, bytes.count - start >= Self.fixedLength, bytes.uint32(at: start) == Self.signature else {
            return nil
        }
        disk = bytes.uint32(at: start + 4)
        recordOffset = bytes.uint64(at: start + 8)
        disks = bytes.uint32(at: start + 16)
    }

    package func append(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Self.signature)
        bytes.appendLittleEndian(disk)
        bytes.appendLittleEndian(recordOffset)
        bytes.appendLittleEndian(disks)
    }
}
