internal import DatasetArchive
internal import DatasetModel
internal import DatasetSync

/// What is in a collection, in the words of a store.
extension OpenArchive {
    /// All that lies directly below a path, in the order of the archive; nil when there is no such directory.
    ///
    /// Without attributes: a listing of very many members is to be quick, and who asks for one of them gets it.
    func children(of path: String) -> [Node]? {
        guard let place = path.isEmpty ? 0 : tree.node(at: path), tree.nodes[place].kind == .directory else {
            return nil
        }
        let prefix = CollectionAddress(node.location, path: path).location.rawValue + "/"
        // Whoever walks the directory in the order in which it is told reads the archive from front to back.
        let children = tree.nodes[place].children.map { (position: position(of: $0), place: $0) }
        return children.sorted { $0.position < $1.position }
            .compactMap { shown($0.place, at: Location(prefix + tree.nodes[$0.place].name)) }
    }

    /// What stands at a path; nil when there is nothing.
    func place(at path: String) -> Int? { tree.node(at: path) }

    func node(_ place: Int, at path: String) -> Node? {
        guard var node = shown(place, at: CollectionAddress(node.location, path: path).location) else { return nil }
        node.attributes.datasetID = self.node.attributes.datasetID
        node.attributes.parentID = self.node.attributes.id
        if let member = tree.nodes[place].member.map({ directory.members[$0] }), node.kind != .directory {
            node.attributes.storageType = "zip"
            node.attributes.contentType = member.method.name
            node.attributes.metadata["compressed_size"] = String(member.compressedSize)
            node.attributes.metadata["crc32"] = "\"\(Self.digits(member.crc32))\""
        }
        return node
    }

    private func position(of place: Int) -> UInt64 {
        tree.nodes[place].member.map { directory.members[$0].headerOffset } ?? .max
    }

    private func shown(_ place: Int, at location: Location) -> Node? {
        let entry = tree.nodes[place]
        let member = entry.member.map { directory.members[$0] }
        var node = Node(location: location, name: entry.name, kind: .directory)
        node.modified = member?.modified ?? self.node.modified
        switch entry.kind {
        case .directory: return node
        case .other: return nil
        case .file: node.kind = .file
        case .symbolicLink: node.kind = .link(target: entry.member.flatMap(knownTarget) ?? "")
        }
        guard let member, let index = entry.member else { return nil }
        node.size = member.size
        if entry.kind == .file {
            node.version =
                MemberVersion(
                    archiveSize: content.size,
                    index: index,
                    crc32: member.crc32,
                    isExecutable: (member.permissions ?? 0) & 0o111 != 0,
                    archive: version
                ).version
        }
        return node
    }

    private static func digits(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
