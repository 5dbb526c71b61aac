internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// What people do with what is on its way: describe it, wait for it, try it again, give it up.
extension VirtualFileSystem {
    /// Sets description or tags: together with the content where that is still on its way, else at once.
    ///
    /// - Throws: EOPNOTSUPP for names that only tell, and where the store keeps no such thing.
    func describe(_ inode: Inode, _ wanted: AttributeChange?, _ context: CallContext) throws(VFSError) {
        let side = try writeSide()
        guard let wanted, store.traits.describesNodes else { throw .notSupported }
        let fact = try catalog.fact(inode.rawValue)
        let parent = try catalog.fact(fact.parent).location
        let id = try side.changes.newID()
        // What a file that was made and not closed yet is to be called waits for its first close.
        if let row = side.changes.row(at: fact.location), !row.isDurable {
            return try show(row.change.describing(wanted), of: fact) { side.changes.show($0) }
        }
        let before = side.changes.change(at: fact.location)
        var change =
            before
            ?? Change(
                id: id,
                kind: fact.kind,
                location: fact.location,
                version: fact.version,
                parent: parent,
                name: fact.name
            )
        change = change.describing(wanted)
        try show(change, of: fact) { change throws(VFSError) in
            try side.changes.transact { transaction throws(VFSError) in transaction.put(change) }
        }
        guard change.scope == .published else { return }
        side.publisher.enqueue(change)
        guard before == nil else { return }
        do throws(VFSError) {
            try wait(for: change, side, "setxattr", path(of: inode.rawValue), context)
        } catch {
            // Nothing pretends to have been stored.
            try takeBack(change, side)
            throw error
        }
    }

    private func takeBack(_ change: Change, _ side: WriteSide) throws(VFSError) {
        do throws(StoreError) {
            try side.publisher.withdraw(change.id, until: Cancellation(deadline: .after(.seconds(5))))
        } catch {
            throw VFSError(error)
        }
        let rest = try side.changes.transact { transaction throws(VFSError) -> Change? in
            guard var row = transaction.row(change.id)?.change else { return nil }
            // Somebody has written to it in the meantime: that stays.
            guard row.content != nil else {
                transaction.drop(change.id)
                return nil
            }
            row.description = nil
            row.tags = nil
            transaction.put(row)
            return row
        }
        if let rest { side.publisher.enqueue(rest) } else { side.publisher.forget(change.id) }
        catalog.renewListing(at: change.parent)
    }

    private func show(_ change: Change, of fact: Fact, _ keep: (Change) throws(VFSError) -> Void) throws(VFSError) {
        try keep(change)
        let base = try catalog.node(of: fact)
        try catalog.local { () throws(CacheError) in
            _ = try catalog.facts.update(fact.inode, from: change.node(over: base), at: time.wallNanoseconds())
        }
    }

    /// Waits until what was written is at the store.
    ///
    /// - Parameter isLast: Nothing new begins from now on.
    /// - Throws: EIO with how much is left, when something is.
    func synchronize(_ inode: Inode, within limit: Duration, isLast: Bool, _ context: CallContext) throws(VFSError) {
        guard let side = writing else { return }
        if isLast { side.close() }
        let ends = Cancellation(deadline: .after(limit))
        let registration = context.cancellation.onCancel { ends.cancel() }
        defer { context.cancellation.forget(registration) }
        let left = try drain(inode, until: ends)
        if let reason = context.cancellation.reason {
            throw VFSError(StoreError(reason, during: "waiting for uploads"))
        }
        guard left.isEmpty else { throw VFSError(errno: EBUSY) }
    }

    /// Asks for what was refused, and all of it below a directory, once more.
    func retry(_ fact: Fact) throws(VFSError) {
        let side = try writeSide()
        try retry(waiting(at: fact, side), side)
    }

    /// The same for one change, by its number in the queue: what is removed has no path any more.
    func retry(_ id: ChangeID) throws(VFSError) {
        let side = try writeSide()
        guard let change = side.changes[id]?.change else { throw .noData }
        try retry([change], side)
    }

    private func retry(_ changes: [Change], _ side: WriteSide) throws(VFSError) {
        for change in changes {
            let anew = try side.changes.transact { transaction throws(VFSError) -> Change? in
                guard var change = transaction.row(change.id)?.change else { return nil }
                guard change.failure != nil || change.notBefore > 0 else { return change }
                change.failure = nil
                change.notBefore = 0
                transaction.put(change)
                return change
            }
            if let anew { side.publisher.enqueue(anew) }
        }
    }

    /// Gives up what was written and is not published.
    func discard(_ fact: Fact, _ context: CallContext) throws(VFSError) {
        let side = try writeSide()
        guard fact.kind != .directory || fact.location.pendingID != nil else {
            throw VFSError(
                errno: EISDIR,
                cause: StoreError(.invalid, "“\(fact.name)” is a directory", remedy: "Name the files to give up.")
            )
        }
        guard let change = try settled(fact.location, side, context) else { throw .noData }
        try discard(change, fact, side, context)
    }

    /// The same by its number in the queue; what was to be removed shows again.
    func discard(_ id: ChangeID, _ context: CallContext) throws(VFSError) {
        let side = try writeSide()
        guard let known = side.changes[id]?.change else { throw .noData }
        guard let change = try settled(known, side, context) else { throw .noData }
        let facts = try catalog.local { () throws(CacheError) in try catalog.facts.facts(at: change.location) }
        if !change.isRemoval, let fact = facts.first { return try discard(change, fact, side, context) }
        try side.changes.transact { transaction throws(VFSError) in
            if change.isCreation {
                dropUnpublished(change, side, &transaction)
            } else {
                transaction.drop(change.id)
            }
        }
        side.publisher.forget(change.id)
        catalog.renewListing(at: change.parent)
    }

    private func discard(_ change: Change, _ fact: Fact, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        guard change.location.pendingID == nil else {
            // A rename that is given up leaves the original where it was.
            let originals = side.changes.all.map(\.change).filter { $0.predecessor == change.id }
            for original in originals { side.publisher.forget(original.id) }
            try side.changes.transact { transaction throws(VFSError) in
                for original in originals { transaction.drop(original.id) }
                for below in side.changes.children(of: change.location) { dropUnpublished(below, side, &transaction) }
                dropUnpublished(change, side, &transaction)
            }
            vanish(fact)
            for original in originals { catalog.renewListing(at: original.parent) }
            catalog.invalidator.post([.name(fact.name, parent: Inode(fact.parent))])
            return
        }
        try side.changes.transact { transaction throws(VFSError) in transaction.drop(change.id) }
        side.publisher.forget(change.id)
        // The store's version stands again, under a number of its own where somebody has ours open.
        _ = try catalog.refresh(fact, until: context.cancellation)
        catalog.invalidator.post([.content(Inode(fact.inode))])
    }

    private func waiting(at fact: Fact, _ side: WriteSide) -> [Change] {
        guard fact.kind == .directory else { return side.changes.change(at: fact.location).map { [$0] } ?? [] }
        let path = catalog.path(of: fact.inode)
        let below = path == "/" ? "/" : path + "/"
        return side.changes.all.map(\.change).filter { change in
            guard change.scope == .published else { return false }
            return change.location == fact.location || catalog.path(of: change).hasPrefix(below)
        }
    }

    /// How far a file is on its way; nil when it is not on it.
    func stateOfWriting(_ fact: Fact) -> AttributePolicy.State? {
        guard let side = writing else { return nil }
        if let file = openFiles[fact.inode], file.draft?.isDirty == true { return .dirty }
        guard let change = side.changes.change(at: fact.location) else { return nil }
        if change.scope == .local { return .local }
        return QueueLine.State(change, side.publisher.entry(of: change.id)).attribute
    }
}

extension Change {
    fileprivate func describing(_ wanted: AttributeChange) -> Change {
        var change = self
        if let description = wanted.description { change.description = description }
        if let tags = wanted.tags { change.tags = tags }
        return change
    }
}
