package import DatasetModel

/// What the directory of an archive says of one member: decoded, corrected for what precedes the archive, and judged.
package struct ArchiveMember: Hashable, Sendable {
    package enum Kind: UInt8, Hashable, Sendable {
        case file = 0
        case directory = 1
        /// The content is the target.
        case symbolicLink = 2
        /// A device, a socket or a FIFO.
        case other = 3
    }

    /// The whole name as decoded; not fit for a tree, see ``ArchiveTree``.
    package var name: String
    package var kind: Kind
    package var method: CompressionMethod
    package var flags: GeneralFlags
    /// Bytes of content, as declared.
    package var size: UInt64
    package var compressedSize: UInt64
    package var crc32: UInt32
    /// Of the local header, in bytes from the beginning of the source.
    package var headerOffset: UInt64
    /// Bytes of the name as stored.
    package var nameLength: UInt16
    /// Where the next thing in the archive begins: header and data end before it.
    package var dataLimit: UInt64
    /// Nine permission bits and the three above; nil where the archive keeps none.
    package var permissions: UInt16?
    /// From the extended timestamp, else the NTFS field, else the DOS time read as UTC.
    package var modified: Timestamp?
    package var defect: ArchiveDefect?

    package init(
        name: String,
        kind: Kind = .file,
        method: CompressionMethod,
        flags: GeneralFlags = [],
        size: UInt64,
        compressedSize: UInt64,
        crc32: UInt32,
        headerOffset: UInt64,
        nameLength: UInt16,
        dataLimit: UInt64,
        permissions: UInt16? = nil,
        modified: Timestamp? = nil,
        defect: ArchiveDefect? = nil
    ) {
        self.name = name
        self.kind = kind
        self.method = method
        self.flags = flags
        self.size = size
        self.compressedSize = compressedSize
        self.crc32 = crc32
        self.headerOffset = headerOffset
        self.nameLength = nameLength
        self.dataLimit = dataLimit
        self.permissions = permissions
        self.modified = modified
        self.defect = defect
    }

    /// The least that header and data take, wherever they are.
    var leastEnd: UInt64? {
        let header = headerOffset.addingReportingOverflow(UInt64(LocalFileHeader.fixedLength) + UInt64(nameLength))
        let end = header.partialValue.addingReportingOverflow(compressedSize)
        return header.overflow || end.overflow ? nil : end.partialValue
    }
}
