internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

extension Catalog {
    func known(_ name: String, in directory: Fact) throws(VFSError) -> Fact? {
        guard directory.kind == .directory else { return nil }
        return try local { () throws(CacheError) in try facts.fact(named: name, in: directory.inode) }
    }

    /// A listing is young enough to say that a name it does not show is absent.
    ///
    /// For hidden names any listing is: shells, prompts and desktops probe for dozens of them again and again.
    ///
    /// - Parameter listing: As it was before the name was looked for: one that came in between may have brought it.
    func canDeny(_ name: String, by listing: ListingState?) -> Bool {
        guard let listing, listing.isComplete else { return false }
        return name.hasPrefix(".") && lifetime > .zero || !isOld(listing)
    }

    /// Asks the store for a name that its listing does not show; what it has stays listed from then on.
    ///
    /// Hidden names are not asked for.
    func ask(for name: String, in directory: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact? {
        guard directory.inode == Inode.root.rawValue, !store.traits.listsEverything, !name.hasPrefix(".") else {
            return nil
        }
        guard !absentNames.contains(name, in: directory.inode, at: time.now()) else { return nil }
        let node: Node
        do throws(StoreError) {
            node = try store.child(
                named: TreeName.unescaped(name),
                of: directory.location,
                until: cancellation
            )
        } catch {
            guard error.code == .notFound else { throw VFSError(error) }
            absentNames.insert(name, in: directory.inode, at: time.now())
            return nil
        }
        guard changes?.change(at: node.location)?.isRemoval != true else { return nil }
        // It may be listed already and asked for by its id: then the id is one more way to the same file.
        if let listed = try local({ () throws(CacheError) in try facts.fact(at: node.location, in: directory.inode) }) {
            return listed
        }
        return try local { () throws(CacheError) in
            try facts.add(NamedNode(name: name, node: node), to: directory.inode, at: time.wallNanoseconds())
        }
    }
}
