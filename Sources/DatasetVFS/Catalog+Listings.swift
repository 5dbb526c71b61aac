internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Logging
internal import Synchronization

extension Catalog {
    /// Sees to it that a directory's children are in the facts.
    ///
    /// Known ones never wait for the network: when they are old they are asked for behind the reader's back, unless the lifetime is zero.
    func ensureListing(of directory: Fact, until cancellation: Cancellation) throws(VFSError) {
        guard let known = try listing(of: directory) else {
            return try refreshListing(of: directory, until: cancellation)
        }
        if known.isComplete {
            guard isOld(known) else { return }
            guard lifetime == .zero else { return refreshBehind(directory) }
        }
        do throws(VFSError) {
            try refreshListing(of: directory, until: cancellation)
        } catch {
            // What is known is shown when nothing newer can be learnt; a "not found" is an answer.
            guard error.cause?.code.isConnectivity == true else { throw error }
        }
    }

    /// Sees to it that a change at the store shows some time, although nobody lists the directory.
    func renew(_ listing: ListingState?, of directory: Fact) {
        guard lifetime > .zero, let listing, isOld(listing) else { return }
        refreshBehind(directory)
    }

    func listing(of directory: Fact) throws(VFSError) -> ListingState? {
        try local { () throws(CacheError) in try facts.listing(of: directory.inode) }
    }

    private func refreshBehind(_ directory: Fact) {
        guard renewals.withLock({ $0.insert(directory.inode).inserted }) else { return }
        let isQueued = inBackground { catalog, cancellation in
            defer { catalog.renewals.withLock { _ = $0.remove(directory.inode) } }
            do throws(VFSError) {
                // Somebody may have listed it while this waited.
                if let known = try catalog.listing(of: directory), known.isComplete, !catalog.isOld(known) {
                    return
                }
                try catalog.refreshListing(of: directory, until: cancellation)
            } catch {
                catalog.logger.debug(
                    "listing not refreshed",
                    metadata: ["directory": "\(directory.location)", "error": "\(error.cause?.message ?? "")"]
                )
            }
        }
        if !isQueued { renewals.withLock { _ = $0.remove(directory.inode) } }
    }

    /// Asks the store for the children and tells the kernel what changed.
    func refreshListing(of directory: Fact, until cancellation: Cancellation) throws(VFSError) {
        let outcome = listingFlights.run(directory.inode, until: cancellation) { cancellation throws(VFSError) in
            try list(directory, until: cancellation)
            return true
        }
        _ = try shared(outcome, cancellation, "listing “\(directory.name)”")
    }

    private func list(_ known: Fact, until cancellation: Cancellation) throws(VFSError) {
        // A directory that is published, or moved, while it is listed is listed once more by its new address.
        for _ in 0..<8 {
            let now = try local { () throws(CacheError) in try facts.fact(known.inode) }
            if try listOnce(now ?? known, until: cancellation) { return }
        }
        throw .stale
    }

    /// - Returns: False when the directory had another address by the time that its names were to be taken over.
    private func listOnce(_ directory: Fact, until cancellation: Cancellation) throws(VFSError) -> Bool {
        let mark = changes?.begin()
        defer { if let mark { changes?.end(mark) } }
        let began = time.now()
        let nodes: [Node]
        do throws(StoreError) {
            nodes = try allChildren(of: directory.location, until: cancellation)
        } catch {
            if error.code == .notFound { try disappear(directory) }
            throw VFSError(error)
        }
        // Taking over a long listing takes a while: not for nobody, least of all at the end of the mount.
        guard cancellation.reason != .interrupted else {
            throw VFSError(StoreError(.interrupted, during: "listing “\(directory.name)”"))
        }
        return try merging.withLock { _ throws(VFSError) in
            let now = try local { () throws(CacheError) in try facts.fact(directory.inode) }
            guard now == nil || now?.location == directory.location else { return false }
            try take(laidOver(nodes, of: directory, since: mark), as: directory, took: time.now() - began)
            return true
        }
    }

    private func laidOver(_ nodes: [Node], of directory: Fact, since mark: ListingHistory.Mark?) -> [Node] {
        guard let changes, let mark else { return nodes }
        return changes.laidOver(nodes, of: directory.location, since: mark) { location in
            // Not knowing counts as unknown: what it hides comes with the next listing.
            (try? facts.fact(at: location, in: directory.inode)) != nil
        }
    }

    private func take(_ nodes: [Node], as directory: Fact, took duration: Duration) throws(VFSError) {
        let isFirst = try listing(of: directory) == nil
        let added = try addedByName(to: directory)
        let listed = Set(nodes.map(\.location))
        // Children that were entered by name and that this listing does not show keep their names.
        let kept = Set(added.lazy.filter { !listed.contains($0.location) }.map(\.name))
        let names = TreeName.unique(nodes, reserved: kept)
        let change = try local { () throws(CacheError) in
            try facts.replaceChildren(
                of: directory.inode,
                with: zip(names, nodes).map { NamedNode(name: $0, node: $1) },
                at: time.wallNanoseconds(),
                took: duration
            )
        }
        sizing.reset(directory.inode)
        try tell(change, in: directory, isFirst: isFirst, secondNames: Set(added.map(\.name)))
    }

    /// What is known of a directory's names is not to be believed any more.
    func renewListing(at location: Location) {
        guard let known = try? facts.facts(at: location) else { return }
        for directory in known where directory.kind == .directory {
            try? facts.forgetListing(of: directory.inode)
            refreshBehind(directory)
        }
    }

    private func allChildren(of location: Location, until cancellation: Cancellation) throws(StoreError) -> [Node] {
        // The store does not know this directory yet: all that is in it is on its way.
        if location.pendingID != nil { return [] }
        var nodes: [Node] = []
        var cursor: Cursor?
        repeat {
            let page = try store.children(of: location, after: cursor, until: cancellation)
            nodes += page.nodes
            guard page.next == nil || page.next != cursor else {
                throw StoreError(.corrupt, "\(store.traits.displayName) lists the same part of “\(location)” for ever")
            }
            cursor = page.next
        } while cursor != nil
        return nodes
    }

    private func addedByName(to directory: Fact) throws(VFSError) -> [Fact] {
        guard !store.traits.listsEverything else { return [] }
        return try local { () throws(CacheError) in try facts.addedChildren(of: directory.inode) }
    }

    /// - Parameter secondNames: Names the store still knows a thing by although a listing calls it otherwise now: who
    ///   stands in such a directory is not to lose it.
    private func tell(
        _ change: ListingChange,
        in directory: Fact,
        isFirst: Bool,
        secondNames: Set<String>
    ) throws(VFSError) {
        let parent = Inode(directory.inode)
        var notices: [Invalidator.Notice] = []
        defer { invalidator.post(notices) }
        // Before the first listing nothing of this directory was told to the kernel, not even that a name is absent.
        if !isFirst {
            for fact in change.added { notices.append(.name(fact.name, parent: parent)) }
        }
        for fact in change.removed {
            openVersions.detach(fact.inode)
            notices.append(.name(fact.name, parent: parent))
        }
        for (old, fact) in change.renamed {
            if !secondNames.contains(old) { notices.append(.name(old, parent: parent)) }
            notices.append(.name(fact.name, parent: parent))
        }
        for fact in change.changed where openVersions.isKnown(fact.inode) {
            // `setApart` tells the kernel itself when it gives the name a new number.
            let current = try setApart(fact, for: fact.version)
            if current.inode == fact.inode { notices.append(.content(Inode(fact.inode))) }
        }
    }
}
