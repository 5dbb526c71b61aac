internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

extension Catalog {
    /// Asks the store about one node and takes over what it says.
    ///
    /// A file that changed while readers hold the old version gets a fresh inode number; the old number stays theirs.
    ///
    /// - Returns: The new fact; its inode differs from the old one's when readers kept that.
    func refresh(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact {
        try flight(fact, until: cancellation) { cancellation throws(VFSError) in
            try learn(fact, until: cancellation)
        }
    }

    /// Runs one question about a node; who asks about it meanwhile shares the answer.
    func flight(
        _ fact: Fact,
        until cancellation: Cancellation,
        _ ask: (Cancellation) throws(VFSError) -> Fact
    ) throws(VFSError) -> Fact {
        let outcome = nodeFlights.run(fact.inode, until: cancellation, ask)
        return try shared(outcome, cancellation, "asking \(store.traits.displayName) about “\(fact.name)”")
    }

    /// The same, but what is known stands when nothing newer can be learnt: no answer is no answer.
    func refreshIfPossible(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact {
        do throws(VFSError) {
            return try refresh(fact, until: cancellation)
        } catch {
            guard error.cause?.code.isConnectivity == true else { throw error }
            return fact
        }
    }

    func learn(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact {
        guard let node = try current(fact, until: cancellation) else { return fact }
        let current = try leaveToReaders(fact, for: node.version)
        let updated = try local { () throws(CacheError) in
            try facts.update(current.inode, from: node, at: time.wallNanoseconds())
        }
        guard let updated else { throw .stale }
        contents.keepInline(node)
        if updated.contentChanged { invalidator.forgetAttributes(of: Inode(current.inode)) }
        return updated.fact
    }

    /// What the store says of a node, as it will be once all that is on its way is published.
    ///
    /// - Returns: Nil when all that is known of it is known here.
    private func current(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Node? {
        let mark = changes?.begin()
        defer { if let mark { changes?.end(mark) } }
        guard fact.location.pendingID == nil else {
            guard let change = changes?.change(at: fact.location) else { throw .stale }
            return change.node()
        }
        do throws(StoreError) {
            let node = try store.node(at: fact.location, until: cancellation)
            guard let changes, let mark else { return node }
            guard let shown = changes.laidOver(node, since: mark) else { throw StoreError(.notFound, "it is removed") }
            return shown
        } catch {
            guard error.code == .notFound else { throw VFSError(error) }
            // What was written here stays, whatever became of it at the store: publishing will settle it.
            if let change = changes?.change(at: fact.location), change.content != nil, !change.isRemoval { return nil }
            try disappear(fact)
            throw VFSError(error)
        }
    }

    /// A changed file's name goes on under a new number when somebody still reads what it was.
    ///
    /// - Parameter version: What the name goes on with.
    func leaveToReaders(_ fact: Fact, for version: Version?) throws(VFSError) -> Fact {
        guard openVersions.isRead(fact.inode, otherThan: version) else { return fact }
        defer { openVersions.detach(fact.inode) }
        if let fresh = try local({ () throws(CacheError) in try facts.renumber(fact.inode) }) {
            invalidator.post([.name(fact.name, parent: Inode(fact.parent))])
            return fresh
        }
        // Another thread saw the change as well and was first.
        let current = try local { () throws(CacheError) in try facts.fact(at: fact.location, in: fact.parent) }
        guard let current else { throw .stale }
        return current
    }

    /// The store itself said that it is gone.
    func disappear(_ fact: Fact) throws(VFSError) {
        try local { () throws(CacheError) in try facts.remove(fact.inode) }
        openVersions.detach(fact.inode)
        invalidator.post([.name(fact.name, parent: Inode(fact.parent))])
    }

    /// Everything known of a file, its attributes included.
    func node(of fact: Fact) throws(VFSError) -> Node? {
        try local { () throws(CacheError) in try facts.node(fact.inode) }
    }
}
