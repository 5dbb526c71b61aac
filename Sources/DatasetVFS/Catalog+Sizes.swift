internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

extension Catalog {
    /// The fact with its size, asked for when no listing told it.
    func sized(_ fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact {
        guard case .file = fact.kind, fact.size == nil else { return fact }
        sizeAhead(of: fact)
        return try learnSize(of: fact, until: cancellation)
    }

    /// Asks for the size unless somebody else's question has just brought it.
    private func learnSize(of fact: Fact, until cancellation: Cancellation) throws(VFSError) -> Fact {
        try flight(fact, until: cancellation) { cancellation throws(VFSError) in
            if let now = try local({ () throws(CacheError) in try facts.fact(fact.inode) }), now.size != nil {
                return now
            }
            return try learn(fact, until: cancellation)
        }
    }

    /// Asks for the sizes of siblings as well, in parallel: whoever wants one size of a listing usually wants the next.
    private func sizeAhead(of fact: Fact) {
        let room = sizing.room(in: fact.parent)
        guard room > 0 else { return }
        // What is under way still lacks its size: so many more are looked at.
        let limit = room + SizeSchedule.batch
        guard
            let next = try? facts.childrenWithoutSize(of: fact.parent, after: fact.inode, limit: limit),
            let rest = next.count == limit
                ? [] : try? facts.childrenWithoutSize(of: fact.parent, after: 0, limit: limit)
        else { return }
        var siblings: [UInt64: Fact] = [:]
        for sibling in next + rest where sibling.inode != fact.inode { siblings[sibling.inode] = sibling }
        for errand in sizing.claim((next + rest).map(\.inode).filter { $0 != fact.inode }, in: fact.parent) {
            guard let sibling = siblings[errand.inode] else { continue }
            let isQueued = inBackground { catalog, cancellation in
                defer { catalog.sizing.finish(errand) }
                // Nobody waits for this one: who asks for it later hears of the failure.
                _ = try? catalog.learnSize(of: sibling, until: cancellation)
            }
            if !isQueued { sizing.finish(errand) }
        }
    }
}
