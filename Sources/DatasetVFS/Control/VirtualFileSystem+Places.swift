internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

/// Where things that were found by an id or a search stand in the tree.
extension VirtualFileSystem {
    /// Directories above one thing; more are a circle.
    private static let depth = 64

    /// The path of a thing below the mount point, with a slash in front; directories on the way are listed where they must be.
    ///
    /// - Throws: `.notFound` for what the tree does not show.
    func place(of node: Node, _ context: CallContext) throws(StoreError) -> String {
        do throws(VFSError) {
            if let fact = try fact(of: node, within: Self.depth, context) { return path(of: fact.inode) }
        } catch {
            throw error.cause ?? StoreError(.localFailure, "“\(node.name)” cannot be looked for (errno \(error.errno))")
        }
        throw StoreError(.notFound, "“\(node.name)” stands nowhere in this tree")
    }

    /// The path of what is known already; nothing is asked for.
    func knownPlace(of node: Node) -> String? {
        guard let fact = try? catalog.facts.facts(at: node.location).first else { return nil }
        return path(of: fact.inode)
    }

    private func fact(of node: Node, within depth: Int, _ context: CallContext) throws(VFSError) -> Fact? {
        if let fact = try known(node) { return fact }
        guard depth > 0 else { return nil }
        let root = try catalog.fact(Inode.root.rawValue)
        guard let parentID = node.attributes.parentID ?? node.attributes.datasetID, parentID != node.attributes.id
        else {
            try catalog.refreshListing(of: root, until: context.cancellation)
            if let fact = try known(node) { return fact }
            // No listing shows it: from now on the root's does.
            guard let id = node.attributes.id else { return nil }
            return try catalog.ask(for: TreeName.escaped(id), in: root, until: context.cancellation)
        }
        guard let store = store.powers.identifiers else { return nil }
        let above = try catalog.remote { () throws(StoreError) in
            try store.node(withID: parentID, until: context.cancellation)
        }
        guard let directory = try fact(of: collections.shown(above), within: depth - 1, context),
            directory.kind == .directory
        else { return nil }
        try catalog.refreshListing(of: directory, until: context.cancellation)
        return try known(node)
    }

    private func known(_ node: Node) throws(VFSError) -> Fact? {
        try catalog.local { () throws(CacheError) in try catalog.facts.facts(at: node.location).first }
    }

    /// A directory's children, listed if nobody has yet.
    func knownChildren(of directory: UInt64, _ context: CallContext) throws(VFSError) -> [Fact] {
        let fact = try catalog.fact(directory)
        try catalog.ensureListing(of: fact, until: context.cancellation)
        var children: [Fact] = []
        while true {
            let page = try catalog.local { () throws(CacheError) in
                try catalog.facts.children(of: directory, after: children.last?.inode ?? 0, limit: 1024)
            }
            children += page
            guard page.count == 1024 else { return children }
        }
    }
}
