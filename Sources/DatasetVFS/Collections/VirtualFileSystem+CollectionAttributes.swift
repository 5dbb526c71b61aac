internal import DatasetArchive
internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

/// Attributes where a collection is not what other directories are.
extension VirtualFileSystem {
    /// - Throws: EOPNOTSUPP: an archive keeps no descriptions of what is in it.
    func refuseDescribing(_ inode: Inode) throws(VFSError) {
        let fact = try catalog.fact(inode.rawValue)
        guard fact.location.isInCollection else { return }
        throw VFSError(
            StoreError(.unsupported, "what lies in a collection has no description or tags of its own")
        )
    }

    /// Of what lies in a collection, what its listing leaves out; that stays out where the store cannot be asked.
    func withAttributes(_ node: Node, until cancellation: Cancellation) -> Node {
        guard node.location.isInCollection,
            let whole = try? collections.attributes(of: node.location, until: cancellation)
        else { return node }
        var node = node
        node.attributes = whole
        return node
    }

    /// The store knows more of it than listings tell.
    func isWorthAsking(_ fact: Fact) -> Bool {
        fact.kind == .file || CollectionAddress(fact.location)?.isTop == true
    }

    /// Drops what is here of a content; of a collection, the archive's.
    func evict(_ fact: Fact) {
        contents.evict(fact.location)
        guard let address = CollectionAddress(fact.location), address.isTop else { return }
        archives.evict(address.archive)
        contents.evict(address.archive)
    }

    /// Files and bytes of all that lies below a directory, without a walk; nil where not all of it is known.
    func total(below fact: Fact) throws(VFSError) -> AttributePolicy.Total? {
        if let address = CollectionAddress(fact.location), let known = collections.shelf.lastOpened(address.archive) {
            return known.total(below: address.path)
        }
        let total = try catalog.local { () throws(CacheError) in try catalog.facts.total(below: fact.inode) }
        return total.map { AttributePolicy.Total(files: $0.files, bytes: $0.bytes) }
    }
}

extension OpenArchive {
    /// Nil when there is no such directory.
    func total(below path: String) -> AttributePolicy.Total? {
        guard let place = path.isEmpty ? 0 : tree.node(at: path) else { return nil }
        var total = AttributePolicy.Total(files: 0, bytes: 0)
        var left = [place]
        while let next = left.popLast() {
            for child in tree.nodes[next].children {
                guard let index = tree.nodes[child].member, tree.nodes[child].kind != .directory else {
                    left.append(child)
                    continue
                }
                total.files += 1
                let (sum, isOver) = total.bytes.addingReportingOverflow(directory.members[index].size)
                total.bytes = isOver ? .max : sum
            }
        }
        return total
    }
}
