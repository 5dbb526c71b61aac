internal import DatasetCache
internal import DatasetModel
internal import DatasetSync
internal import Logging

extension Catalog {
    /// Sees to it that a directory's children are in the facts.
    ///
    /// Known ones never wait for the network: when they are old they are asked for behind the reader's back, unless the lifetime is zero.
    func ensureListing(of directory: Fact, until cancellation: Cancellation) throws(VFSError) {
        let known = try local { () throws(CacheError) in try facts.listing(of: directory.inode) }
        guard let known, known.isComplete else { return try refreshListing(of: directory, until: cancellation) }
        guard isOld(known.listedAt) else { return }
        if lifetime == .zero {
            do throws(VFSError) {
                try refreshListing(of: directory, until: cancellation)
            } catch {
                // What is known is shown when nothing newer can be learnt; a "not found" is an answer.
                guard error.cause?.code.isConnectivity == true else { throw error }
            }
        } else {
            refreshBehind(directory)
        }
    }

    private func refreshBehind(_ directory: Fact) {
        background.submit { [weak self] in
            guard let self else { return }
            do throws(VFSError) {
                try self.refreshListing(
                    of: directory,
                    until: Cancellation(deadline: .after(self.backgroundDeadline))
                )
            } catch {
                self.logger.debug(
                    "listing not refreshed",
                    metadata: ["directory": "\(directory.location)", "error": "\(error.cause?.message ?? "")"]
                )
            }
        }
    }

    /// Asks the store for the children and tells the kernel what changed.
    func refreshListing(of directory: Fact, until cancellation: Cancellation) throws(VFSError) {
        let outcome = listingFlights.run(directory.inode, until: cancellation) { cancellation throws(VFSError) in
            try list(directory, until: cancellation)
            return true
        }
        _ = try shared(outcome, cancellation, "listing “\(directory.name)”")
    }

    private func list(_ directory: Fact, until cancellation: Cancellation) throws(VFSError) {
        var nodes: [Node] = []
        var cursor: Cursor?
        repeat {
            let page = try remote { () throws(StoreError) in
                try store.children(of: directory.location, after: cursor, until: cancellation)
            }
            nodes += page.nodes
            cursor = page.next
        } while cursor != nil
        let isFirst = try local { () throws(CacheError) in try facts.listing(of: directory.inode) } == nil
        let kept = try unlisted(of: directory, beside: nodes)
        let names = TreeName.unique(nodes, reserved: kept)
        let change = try local { () throws(CacheError) in
            try facts.replaceChildren(
                of: directory.inode,
                with: zip(names, nodes).map { NamedNode(name: $0, node: $1) },
                at: time.wallNanoseconds()
            )
        }
        sizing.reset(directory.inode)
        try tell(change, in: directory, isFirst: isFirst)
    }

    /// Names of children that were entered by name and that this listing does not show: they keep their names.
    private func unlisted(of directory: Fact, beside nodes: [Node]) throws(VFSError) -> Set<String> {
        guard !store.traits.listsEverything else { return [] }
        let added = try local { () throws(CacheError) in try facts.addedChildren(of: directory.inode) }
        guard !added.isEmpty else { return [] }
        let listed = Set(nodes.map(\.location))
        return Set(added.lazy.filter { !listed.contains($0.location) }.map(\.name))
    }

    private func tell(_ change: ListingChange, in directory: Fact, isFirst: Bool) throws(VFSError) {
        let parent = Inode(directory.inode)
        var notices: [Invalidator.Notice] = []
        // Before the first listing nothing of this directory was told to the kernel, not even that a name is absent.
        if !isFirst {
            for fact in change.added { notices.append(.name(fact.name, parent: parent)) }
        }
        for fact in change.removed {
            _ = openVersions.detach(fact.inode)
            notices.append(.name(fact.name, parent: parent))
        }
        for (old, fact) in change.renamed {
            notices.append(.name(old, parent: parent))
            notices.append(.name(fact.name, parent: parent))
        }
        for fact in change.changed where openVersions.isKnown(fact.inode) {
            // `leaveToReaders` tells the kernel itself when it gives the name a new number.
            let current = try leaveToReaders(fact)
            if current.inode == fact.inode { notices.append(.content(Inode(fact.inode))) }
        }
        invalidator.post(notices)
    }
}
