/// What a store can do, read once at mount; what is not here is refused without asking the store.
package struct StoreTraits: Sendable {
    /// A stable name of this very store (scheme, host, account or directory), without secrets: caches are kept by it.
    package var identity: String
    /// The store as a person names it in messages, e.g. `edison:` or `file:/data`.
    package var displayName: String
    /// A listing of the root shows everything. Where it does not, names are also asked for one by one.
    package var listsEverything: Bool
    /// A read of a part transfers that part.
    package var readsRanges: Bool
    /// Descriptions and tags exist here.
    package var describesNodes: Bool
    /// Things can be made, changed and removed here.
    package var isWritable = false
    package var renaming = Renaming.never
    /// Listings tell the version of a file, but for one that changed this moment. Where they do not, its time alone says that
    /// a listed file is the same.
    package var listsVersions = false

    /// What a store can rename itself; anything else is copied and removed.
    package enum Renaming: Sendable {
        case never
        case anywhere
    }

    package init(
        identity: String,
        displayName: String,
        listsEverything: Bool,
        readsRanges: Bool,
        describesNodes: Bool
    ) {
        self.identity = identity
        self.displayName = displayName
        self.listsEverything = listsEverything
        self.readsRanges = readsRanges
        self.describesNodes = describesNodes
    }
}
