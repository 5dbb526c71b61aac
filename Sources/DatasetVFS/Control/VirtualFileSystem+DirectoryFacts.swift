internal import DatasetCache
internal import DatasetManifest
internal import DatasetModel
internal import DatasetSync

/// What is known of a directory and all below it, for those who describe it.
extension VirtualFileSystem {
    /// Directories that nobody looked into are listed, but for the whole store: its views tell what is known.
    func directoryFacts(_ directory: UInt64, _ context: CallContext) throws(VFSError) -> DirectoryFacts {
        let fact = try catalog.fact(directory)
        let isRoot = directory == Inode.root.rawValue
        var entries: [EntryFacts] = []
        var left: [(inode: UInt64, path: [String])] = [(directory, [])]
        while let next = left.popLast() {
            for child in try children(of: next.inode, asks: !isRoot, context) {
                if let reason = context.cancellation.reason {
                    throw VFSError(StoreError(reason, during: "describing “\(fact.name)”"))
                }
                guard !isLocal(child.location), let node = try catalog.node(of: child) else { continue }
                let path = next.path + [child.name]
                entries.append(EntryFacts(path: path, node: node))
                // An archive is one thing to whoever describes the directory that it lies in.
                let isArchive = CollectionAddress(child.location)?.isTop == true
                if child.kind == .directory, !isArchive { left.append((child.inode, path)) }
            }
        }
        guard let node = try catalog.node(of: fact) else { throw .stale }
        let name = isRoot ? store.traits.displayName : fact.name
        return DirectoryFacts(name: name, node: node, entries: entries)
    }

    private func children(of directory: UInt64, asks: Bool, _ context: CallContext) throws(VFSError) -> [Fact] {
        if asks { return try knownChildren(of: directory, context) }
        let known = try catalog.local { () throws(CacheError) in try catalog.facts.listing(of: directory) }
        return known == nil ? [] : try knownChildren(of: directory, context)
    }
}
