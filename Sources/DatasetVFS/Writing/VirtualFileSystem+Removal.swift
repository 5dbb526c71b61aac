internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    package func unlink(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) {
        try recording("unlink", at: path(of: name, in: parent.rawValue)) { () throws(VFSError) in
            let side = try writeSide()
            let fact = try existing(name, in: parent, context)
            guard fact.kind != .directory else { throw VFSError(errno: EISDIR) }
            try remove(fact, side, context)
        }
    }

    /// - Throws: ENOTEMPTY.
    package func removeDirectory(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) {
        try recording("rmdir", at: path(of: name, in: parent.rawValue)) { () throws(VFSError) in
            let side = try writeSide()
            let fact = try existing(name, in: parent, context)
            guard fact.kind == .directory else { throw VFSError(errno: ENOTDIR) }
            try requireEmpty(fact, side, context)
            try remove(fact, side, context)
        }
    }

    /// - Throws: ENOTEMPTY.
    func requireEmpty(_ directory: Fact, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        // The store would take everything in it along: what it holds now is asked for now.
        try catalog.refreshListing(of: directory, until: context.cancellation)
        let names = try catalog.local { () throws(CacheError) in
            try catalog.facts.children(of: directory.inode, after: 0, limit: 1)
        }
        guard names.isEmpty else { throw VFSError(errno: ENOTEMPTY) }
        // Removals in it that are still under way come first.
        for change in side.changes.children(of: try catalog.fact(directory.inode).location) {
            try waitOut(change, side, "rmdir", path(of: directory.inode), context)
        }
    }

    /// The thing behind a name that is to be changed.
    ///
    /// - Throws: ENOENT; EPERM for what this program shows itself.
    func existing(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) -> Fact {
        guard !isControl(parent), name != TreeName.control else { throw VFSError(errno: EPERM) }
        let directory = try catalog.fact(parent.rawValue)
        guard let fact = try find(name, in: directory, context.cancellation) else { throw .notFound }
        try refuseInCollection(fact)
        return fact
    }

    func remove(_ known: Fact, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        let pending = try settled(known.location, side, context)
        // It may just have been published, which gave it another location.
        let fact = try catalog.fact(known.inode)
        guard let removal = try recordRemoval(of: fact, pending, side) else { return vanish(fact) }
        side.publisher.enqueue(removal)
        guard side.durability == .through else { return vanish(fact) }
        do throws(VFSError) {
            try wait(for: removal, side, "unlink", path(of: fact.inode), context)
        } catch {
            try keepAfterAll(removal, pending, side)
            throw error
        }
        vanish(fact)
    }

    /// - Returns: What is to be done at the store; nil when it has nothing of it.
    private func recordRemoval(of fact: Fact, _ pending: Change?, _ side: WriteSide) throws(VFSError) -> Change? {
        let removal = try removal(of: fact, pending, side)
        try side.changes.transact { transaction throws(VFSError) in
            if let removal {
                transaction.put(removal)
            } else if let pending {
                dropUnpublished(pending, side, &transaction)
            }
        }
        return removal
    }

    /// - Returns: Nil when the store has nothing of it.
    func removal(of fact: Fact, _ pending: Change?, _ side: WriteSide) throws(VFSError) -> Change? {
        let location = pending?.location ?? fact.location
        guard location.pendingID == nil else { return nil }
        let id = try side.changes.newID()
        let parent = try catalog.fact(fact.parent).location
        let known = try version(of: fact, pending)
        var removal =
            pending
            ?? Change(id: id, kind: fact.kind, location: location, version: known, parent: parent, name: fact.name)
        removal.isRemoval = true
        removal.modified = Timestamp(nanoseconds: time.wallNanoseconds())
        // Where the store may still say no, what was written stays until it has said yes.
        if side.durability == .back { removal.content = nil }
        removal.description = nil
        removal.tags = nil
        removal.failure = nil
        removal.notBefore = 0
        return removal
    }

    /// The version that whoever removes it saw.
    private func version(of fact: Fact, _ pending: Change?) throws(VFSError) -> Version? {
        if let pending { return pending.version }
        return fact.version?.isUnpublished == true ? nil : fact.version
    }

    /// The store said no, or could not be asked: what was there before is there again.
    private func keepAfterAll(_ removal: Change, _ before: Change?, _ side: WriteSide) throws(VFSError) {
        do throws(StoreError) {
            try side.publisher.withdraw(removal.id, until: Cancellation(deadline: .after(.seconds(5))))
        } catch {
            throw VFSError(error)
        }
        guard side.changes[removal.id] != nil else { return }
        side.publisher.forget(removal.id)
        try side.changes.transact { transaction throws(VFSError) in
            if let before { transaction.put(before) } else { transaction.drop(removal.id) }
        }
        if let before { side.publisher.enqueue(before) }
        catalog.renewListing(at: removal.parent)
    }

    /// What is on its way for a location, with nothing of it being sent just now.
    ///
    /// It may be published in the meantime: its location is the store's then.
    func settled(_ location: Location, _ side: WriteSide, _ context: CallContext) throws(VFSError) -> Change? {
        guard let change = side.changes.change(at: location) else {
            // It may just have been published, and the facts are about to tell.
            catalog.merging.withLock { _ in }
            return nil
        }
        return try settled(change, side, context)
    }

    func settled(_ change: Change, _ side: WriteSide, _ context: CallContext) throws(VFSError) -> Change? {
        // What is nearly done is better done than called off: nobody could tell then how far it came.
        side.publisher.letEnd(change.id, within: .seconds(1))
        do throws(StoreError) {
            try side.publisher.withdraw(change.id, until: context.cancellation)
        } catch {
            throw VFSError(error)
        }
        return side.changes[change.id]?.change
    }

    /// Takes a name out of the tree; who has the file open keeps it.
    func vanish(_ fact: Fact) {
        openFiles[fact.inode]?.abandon()
        // A fact that stays for want of a disk is renewed by the next listing.
        try? catalog.facts.remove(fact.inode)
        inodes.detach(fact.inode)
    }

    /// Gives up what the store never had; what an upload of it left there half done is taken away.
    func dropUnpublished(_ change: Change, _ side: WriteSide, _ transaction: inout ChangeTransaction) {
        transaction.drop(change.id)
        transaction.edit(.attributes(nil, of: change.location))
        side.publisher.forget(change.id)
        abandon(change, side, &transaction)
    }

    /// Sees to it that what an upload that will not go on may have left at the store is taken away, whatever happens before.
    func abandon(_ change: Change, _ side: WriteSide, _ transaction: inout ChangeTransaction) {
        guard change.isCreation, let note = change.upload?.note, let id = try? side.changes.newID() else { return }
        var rest = Change(
            id: id,
            kind: change.kind,
            location: .pending(id),
            version: nil,
            parent: change.parent,
            name: change.name
        )
        rest.isRemoval = true
        rest.note = note
        transaction.put(rest)
        transaction.publishAfterwards(rest)
    }
}
