internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// - Throws: EROFS for what lies in a collection.
    func refuseInCollection(_ fact: Fact) throws(VFSError) {
        guard fact.location.isInCollection, !isLocal(fact.location), fact.location.pendingID == nil else { return }
        throw VFSError(CollectionStore.unchangeable("what lies in a collection"))
    }

    /// - Throws: EROFS for what would be moved into a collection, EOPNOTSUPP for a collection that the store cannot rename.
    func refuseCollection(_ source: Fact, to directory: Fact) throws(VFSError) {
        if CollectionAddress(directory.location) != nil, source.location.pendingID == nil {
            throw VFSError(CollectionStore.unchangeable("a collection"))
        }
        guard CollectionAddress(source.location) != nil, store.traits.renaming == .never else { return }
        throw VFSError(
            StoreError(
                .unsupported,
                "\(store.traits.displayName) cannot rename a collection",
                remedy: "Publish it anew under the other name."
            )
        )
    }

    /// The target of a symbolic link in an archive, which is its content: listings leave it unread.
    func memberTarget(of fact: Fact, _ context: CallContext) throws(VFSError) -> String {
        try recording("readlink", at: path(of: fact.inode)) { () throws(VFSError) in
            let known = try catalog.refresh(fact, until: context.cancellation)
            guard case .link(let target) = known.kind else { throw .stale }
            return target
        }
    }

    /// A collection that cannot be shown whole leaves a record under its path.
    func reportCollection(_ location: Location, _ error: StoreError) {
        let known = (try? catalog.facts.facts(at: location)) ?? []
        let path = known.first.map { self.path(of: $0.inode) } ?? "/…/\(location)"
        record(VFSError(error), "list", at: path)
    }
}
