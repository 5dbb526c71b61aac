package import DatasetModel

/// What an archive is to hold under one path.
package struct NewMember: Sendable {
    package enum Content: Sendable {
        case file(any StagedContent)
        case directory
        case symbolicLink(target: String)
        /// A file or a link of the archive that this one replaces: its data are taken over compressed as they are.
        case copied(ArchiveMember)
    }

    /// From the top of the archive, names joined by slashes, none at the ends.
    package var path: String
    package var content: Content
    /// Nine permission bits and the three above.
    package var permissions: UInt16
    /// Kept in whole seconds.
    package var modified: Timestamp

    package init(_ path: String, _ content: Content, permissions: UInt16, modified: Timestamp) {
        self.path = path
        self.content = content
        self.permissions = permissions
        self.modified = modified
    }
}

extension NewMember {
    var kind: ArchiveMember.Kind {
        switch content {
        case .file: .file
        case .directory: .directory
        case .symbolicLink: .symbolicLink
        case .copied(let member): member.kind
        }
    }

    /// Bytes of content.
    var size: UInt64 {
        switch content {
        case .file(let content): content.size
        case .directory: 0
        case .symbolicLink(let target): UInt64(target.utf8.count)
        case .copied(let member): member.size
        }
    }

    /// What keeps a copied member from being read.
    var defect: ArchiveDefect? {
        guard case .copied(let member) = content, kind != .directory else { return nil }
        return member.defect
    }

    /// The most that its data take in the archive.
    var largestCompressedSize: UInt64 {
        guard case .copied(let member) = content else { return OpenDeflate.bound(size) }
        return member.compressedSize
    }

    /// The path with the slash that marks a directory.
    var storedName: [UInt8] {
        kind == .directory ? Array(path.utf8) + [UInt8(ascii: "/")] : Array(path.utf8)
    }

    /// `st_mode` above the DOS attributes, of which only that of directories is known.
    var externalAttributes: UInt32 {
        let type: UInt32 =
            switch kind {
            case .directory: 0o040_000
            case .symbolicLink: 0o120_000
            case .file, .other: 0o100_000
            }
        return (type | UInt32(permissions & 0o7777)) << 16 | (kind == .directory ? 0x10 : 0)
    }
}
