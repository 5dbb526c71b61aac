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
        // What is published, or renamed, while it is asked about is asked about once more by its new address.
        var known = fact
        for _ in 0..<8 {
            if let learnt = try learnOnce(known, until: cancellation) { return learnt }
            guard let now = try local({ () throws(CacheError) in try facts.fact(fact.inode) }) else { break }
            known = now
        }
        throw .stale
    }

    /// - Returns: Nil when the thing had another address by the time that the answer was to be taken over.
    private func learnOnce(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact? {
        let mark = changes?.begin()
        defer { if let mark { changes?.end(mark) } }
        var told: Node?
        var absence = StoreError(.notFound, "it is removed")
        if fact.location.pendingID == nil {
            do throws(StoreError) {
                told = try store.node(at: fact.location, until: cancellation)
            } catch {
                guard error.code == .notFound else { throw VFSError(error) }
                absence = error
            }
        }
        // As with a listing: no settlement is between this answer and the facts.
        let (learnt, isChanged) = try merging.withLock { _ throws(VFSError) -> (Fact?, Bool) in
            guard let now = try local({ () throws(CacheError) in try facts.fact(fact.inode) }) else {
                // Another thread saw a change as well and was first.
                return (
                    try local { () throws(CacheError) in try facts.fact(at: fact.location, in: fact.parent) }, false
                )
            }
            guard now.location == fact.location else { return (nil, false) }
            return try take(told, of: now, absence, since: mark)
        }
        guard let learnt else { return nil }
        if let told { contents.keepInline(told) }
        if isChanged { invalidator.forgetAttributes(of: Inode(learnt.inode)) }
        return learnt
    }

    /// Takes over what the store says of a node, as it will be once all that is on its way is published.
    ///
    /// - Parameter told: Nil for what the store has not, or has not yet.
    private func take(
        _ told: Node?,
        of fact: Fact,
        _ absence: StoreError,
        since mark: ListingHistory.Mark?
    ) throws(VFSError) -> (Fact, isChanged: Bool) {
        let change = changes?.change(at: fact.location)
        var node = told
        if let changes, let mark { node = changes.laidOver(told, at: fact.location, since: mark) }
        if node == nil, let change, change.isCreation { node = change.node() }
        guard let node else {
            // What was written here stays, whatever became of it at the store: publishing will settle it.
            if told == nil, let change, change.content != nil, !change.isRemoval { return (fact, false) }
            try disappear(fact)
            throw VFSError(absence)
        }
        let current = try setApart(fact, for: node.version)
        let updated = try local { () throws(CacheError) in
            try facts.update(current.inode, from: node, at: time.wallNanoseconds())
        }
        guard let updated else { throw .stale }
        return (updated.fact, updated.contentChanged)
    }

    /// A changed file's name goes on under a new number when somebody still reads what it was.
    func leaveToReaders(_ fact: Fact) throws(VFSError) -> Fact {
        guard fact.version?.isUnpublished != true, openVersions.isRead(fact.inode, otherThan: fact.version) else {
            return fact
        }
        // What is published through this mount takes its readers along: fact and readers may just not agree yet.
        return try merging.withLock { _ throws(VFSError) in
            let now = try local { () throws(CacheError) in try facts.fact(fact.inode) }
            return try setApart(now ?? fact, for: (now ?? fact).version)
        }
    }

    /// The same, while nothing else is taken over.
    ///
    /// - Parameter version: What the name goes on with. One that only this mount knows was written under this very number:
    ///   who has it open goes along.
    func setApart(_ fact: Fact, for version: Version?) throws(VFSError) -> Fact {
        guard version?.isUnpublished != true, openVersions.isRead(fact.inode, otherThan: version) else { return fact }
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
