internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

extension Catalog {
    /// Asks the store about one node and takes over what it says.
    ///
    /// A file that changed while readers hold the old version gets a fresh inode number; the old number stays theirs.
    ///
    /// - Returns: The new fact; its inode differs from the old one's when readers kept that.
    func refresh(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact {
        let outcome = nodeFlights.run(fact.inode, until: cancellation) { cancellation throws(VFSError) in
            try learn(fact, until: cancellation)
        }
        return try shared(outcome, cancellation, "asking \(store.traits.displayName) about “\(fact.name)”")
    }

    private func learn(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact {
        let node: Node
        do throws(StoreError) {
            node = try store.node(at: fact.location, until: cancellation)
        } catch {
            if error.code == .notFound { try disappear(fact) }
            throw VFSError(error)
        }
        let isNew = fact.version != nil && node.version != fact.version
        let current = isNew ? try leaveToReaders(fact) : fact
        let updated = try local { () throws(CacheError) in
            try facts.update(current.inode, from: node, at: time.wallNanoseconds())
        }
        guard let updated else { throw .stale }
        contents.keepInline(node)
        if updated.contentChanged { invalidator.forgetAttributes(of: Inode(current.inode)) }
        return updated.fact
    }

    /// A changed file's name goes on under a new number when somebody still reads what it was.
    func leaveToReaders(_ fact: Fact) throws(VFSError) -> Fact {
        guard openVersions.detach(fact.inode) else { return fact }
        guard let fresh = try local({ () throws(CacheError) in try facts.renumber(fact.inode) }) else { throw .stale }
        invalidator.post([.name(fact.name, parent: Inode(fact.parent))])
        return fresh
    }

    /// The store itself said that it is gone.
    private func disappear(_ fact: Fact) throws(VFSError) {
        _ = openVersions.detach(fact.inode)
        try local { () throws(CacheError) in try facts.remove(fact.inode) }
        invalidator.post([.name(fact.name, parent: Inode(fact.parent))])
    }

    /// The fact with its size, asked for when no listing told it.
    func sized(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact {
        guard case .file = fact.kind, fact.size == nil else { return fact }
        sizeAhead(of: fact)
        return try refresh(fact, until: cancellation)
    }

    /// Asks for the sizes of the next siblings as well, in parallel: whoever wants one size of a listing usually wants the next.
    private func sizeAhead(of fact: Fact) {
        guard let start = sizing.claim(after: fact.inode, in: fact.parent) else { return }
        guard
            let next = try? facts.childrenWithoutSize(of: fact.parent, after: start, limit: SizeSchedule.step),
            let last = next.last
        else { return }
        sizing.scheduled(upTo: last.inode, in: fact.parent)
        for sibling in next where sibling.inode != fact.inode {
            background.submit { [weak self] in
                guard let self, let now = try? self.facts.fact(sibling.inode), now.size == nil else { return }
                // Nobody waits for this one: who asks for it later hears of the failure.
                _ = try? self.refresh(sibling, until: Cancellation(deadline: .after(self.backgroundDeadline)))
            }
        }
    }
}

extension Catalog {
    /// Everything known of a file, its attributes included.
    func node(of fact: Fact) throws(VFSError) -> Node? {
        try local { () throws(CacheError) in try facts.node(fact.inode) }
    }
}
