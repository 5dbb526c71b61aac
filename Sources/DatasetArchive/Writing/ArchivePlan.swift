internal import DatasetModel

/// The members of an archive to be, judged and in order: equal trees become equal archives.
package struct ArchivePlan: Sendable {
    /// Ordered by the bytes of the stored names: a directory stands before what it holds.
    let members: [NewMember]
    /// Bytes of content of all members.
    package let contentSize: UInt64
    /// The archive will not be larger than so many bytes.
    package let largestSize: UInt64

    package var memberCount: Int { members.count }

    /// - Throws: `.invalid` for a path that no tree has, for two members of one path and for a file that is a directory too;
    ///   `.encrypted`, `.damaged` for a copied member that cannot be taken over.
    package init(_ members: [NewMember]) throws(ArchiveError) {
        var keyed = members.map { (name: $0.storedName, member: $0) }
        for (name, member) in keyed { try Self.check(member, name) }
        keyed.sort { $0.name.lexicographicallyPrecedes($1.name) }
        try Self.checkUnique(keyed)
        self.members = keyed.map(\.member)
        contentSize = members.reduce(0) { $0 &+ $1.size }
        largestSize = keyed.reduce(UInt64(RecordBytes.endLength)) { sum, entry in
            sum &+ entry.member.largestCompressedSize &+ UInt64(RecordBytes.largestLength(name: entry.name))
        }
    }

    private static func check(_ member: NewMember, _ name: [UInt8]) throws(ArchiveError) {
        let parts = member.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let isWrong = parts.contains { part in
            part.isEmpty || part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) || part.contains(0)
        }
        if isWrong { throw ArchiveError(.invalid, "No file can have this path", member: member.path) }
        if name.count > Int(UInt16.max) {
            throw ArchiveError(
                .invalid,
                "The path is longer than an archive can keep",
                member: String(member.path.prefix(200)),
                remedy: "Paths of up to 65,535 bytes can be kept."
            )
        }
        guard case .copied(let old) = member.content else { return }
        switch old.defect {
        // What nobody here can unpack is copied all the same: it is not unpacked.
        case nil, .unsupportedMethod, .bomb, .encrypted: break
        case .some(let defect): throw ArchiveError(defect, of: old)
        }
        // Encryption whose records this program does not know how to carry over.
        if !old.flags.isDisjoint(with: [.strongEncryption, .maskedHeaders]) { throw ArchiveError(.encrypted, of: old) }
        if old.kind == .other {
            throw ArchiveError(.invalid, "Devices, sockets and FIFOs are not kept", member: member.path)
        }
    }

    private static func checkUnique(_ members: [(name: [UInt8], member: NewMember)]) throws(ArchiveError) {
        var files: Set<ArraySlice<UInt8>> = []
        var directories: Set<ArraySlice<UInt8>> = []
        for (name, member) in members {
            let isNew: Bool
            if member.kind == .directory {
                isNew = directories.insert(name.dropLast()).inserted
            } else {
                isNew = files.insert(name[...]).inserted
            }
            if !isNew { throw ArchiveError(.invalid, "Two members have this path", member: member.path) }
        }
        for (name, _) in members {
            for index in name.indices where name[index] == UInt8(ascii: "/") && files.contains(name[..<index]) {
                let path = String(decoding: name[..<index], as: UTF8.self)
                throw ArchiveError(.invalid, "A file has the path of a directory", member: path)
            }
        }
    }
}
