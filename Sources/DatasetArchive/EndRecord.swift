/// The end of central directory record, the last thing in an archive but for its comment (APPNOTE 4.3.16).
package struct EndRecord: Hashable, Sendable {
    package static let signature: UInt32 = 0x0605_4b50
    package static let fixedLength = 22

    package var disk: UInt16
    package var directoryDisk: UInt16
    package var membersHere: UInt16
    package var members: UInt16
    package var directorySize: UInt32
    package var directoryOffset: UInt32
    package var commentLength: UInt16

    package init(
        disk: UInt16 = 0,
        directoryDisk: UInt16 = 0,
        membersHere: UInt16,
        members: UInt16,
        directorySize: UInt32,
        directoryOffset: UInt32,
        commentLength: UInt16 = 0
    ) {
        self.disk = disk
        self.directoryDisk = directoryDisk
        self.membersHere = membersHere
        self.members = members
        self.directorySize = directorySize
        self.directoryOffset = directoryOffset
        self.commentLength = commentLength
    }

    /// Nil when the bytes are too few or do not begin with the signature.
    package init?(_ bytes: [UInt8], at start: Int = 0) {
        guard start >= 0, bytes.count - start >= Self.fixedLength, bytes.uint32(at: start) == Self.signature else {
            return nil
        }
        disk = bytes.uint16(at: start + 4)
        directoryDisk = bytes.uint16(at: start + 6)
        membersHere = bytes.uint16(at: start + 8)
        members = bytes.uint16(at: start + 10)
        directorySize = bytes.uint32(at: start + 12)
        directoryOffset = bytes.uint32(at: start + 16)
        commentLength = bytes.uint16(at: start + 20)
    }

    package func append(to bytes: inout [UInt8]) {
        bytes.appendLittleEndian(Self.signature)
        bytes.appendLittleEndian(disk)
        bytes.appendLittleEndian(directoryDisk)
        bytes.appendLittleEndian(membersHere)
        bytes.appendLittleEndian(members)
        bytes.appendLittleEndian(directorySize)
        bytes.appendLittleEndian(directoryOffset)
        bytes.appendLittleEndian(commentLength)
    }
}
