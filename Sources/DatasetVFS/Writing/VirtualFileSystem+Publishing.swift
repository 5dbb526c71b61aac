internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// How what was written becomes what the store has.
extension VirtualFileSystem {
    /// - Throws: EROFS when nothing can be written here, or nothing any more.
    func writeSide() throws(VFSError) -> WriteSide {
        guard let side = writing else { throw .readOnly }
        guard side.isOpen else {
            throw VFSError(
                errno: EROFS,
                cause: StoreError(.readOnly, "the mount is about to end", remedy: "Write again after the next mount.")
            )
        }
        return side
    }

    /// Keeps what was written to an open file, as one snapshot, and asks for it to be published.
    ///
    /// - Returns: The change to wait for; nil when nothing was written, or it stays here.
    func keep(_ file: OpenFile, _ side: WriteSide) throws(VFSError) -> Change? {
        try file.sealing.withLock { _ throws(VFSError) in
            guard let draft = file.draft, draft.isDirty, !file.isGone else { return nil }
            let content = try ChangeTable.local { () throws(JournalError) in try draft.seal() }
            file.noteKept()
            try catchUp(file, side)
            let change = try record(content, of: file, side)
            try show(change, of: file, side)
            guard change.scope == .published else { return nil }
            if side.durability == .back { side.publisher.noteClose() }
            side.publisher.enqueue(change)
            return change
        }
    }

    /// Whoever opened the file while it was being published may have been told where it was before.
    private func catchUp(_ file: OpenFile, _ side: WriteSide) throws(VFSError) {
        let place = file.place
        guard place.location.pendingID != nil || place.version == nil else { return }
        // No settlement is between the journal and the tree then.
        try catalog.merging.withLock { _ throws(VFSError) in
            guard side.changes.row(at: place.location) == nil else { return }
            guard let now = try catalog.local({ () throws(CacheError) in try catalog.facts.fact(file.inode) }) else {
                return
            }
            guard now.location.pendingID == nil, now.version?.isUnpublished != true else { return }
            file.follow(now.location, now.version)
        }
    }

    private func record(_ content: SealedContent, of file: OpenFile, _ side: WriteSide) throws(VFSError) -> Change {
        let wall = time.wallNanoseconds()
        let modified = file.modified ?? Timestamp(nanoseconds: wall)
        let id = try side.changes.newID()
        return try side.changes.transact { transaction throws(VFSError) in
            let place = file.place
            let known = transaction.change(at: place.location)
            var change =
                known
                ?? Change(
                    id: place.location.pendingID ?? id,
                    kind: .file,
                    location: place.location,
                    version: place.version,
                    parent: place.parent,
                    name: place.name
                )
            if known == nil { side.place(&change, inLocalDirectory: isLocal(place.parent), now: wall) }
            if known == nil || side.changes[change.id]?.isDurable == false {
                takeOver(&change, side, &transaction)
            }
            if change.notBefore > 0 { change.notBefore = wall + WriteSide.passingPause }
            if let before = known?.content { try inherit(content, from: before, side) }
            change.content = content.id
            change.size = content.size
            change.modified = modified
            change.failure = nil
            change.tries = 0
            transaction.edit(.keep(content))
            transaction.put(change)
            // A time that was set before the last write is history.
            if var known = try localAttributes(of: change.location), known.modified != nil, known.modified != modified {
                known.modified = nil
                known.version = nil
                transaction.edit(.attributes(known, of: change.location))
            }
            return change
        }
    }

    /// What a content lacks of the version that it was made from, the one before it may have: that one may be on its way,
    /// and the store have forgotten the version a moment later.
    private func inherit(_ content: SealedContent, from before: ContentID, _ side: WriteSide) throws(VFSError) {
        guard let origin = content.origin else { return }
        let older = try ChangeTable.local { () throws(JournalError) in try side.journal.content(before) }
        guard older.missing.isEmpty else { return }
        try catalog.remote { () throws(StoreError) in
            try content.complete(from: ReplacedBase(content: older, origin: origin), until: Cancellation())
        }
    }

    /// A new file of a name that was given away a moment ago is that file saved anew: editors rename what was there to a
    /// backup's name and write the whole file again. The store gets one new version, not another file.
    func takeOver(_ change: inout Change, _ side: WriteSide, _ transaction: inout ChangeTransaction) {
        guard change.kind == .file, change.location.pendingID != nil, change.scope == .published else { return }
        // The original of this very copy, which gets its old name back before that is gone, is the same case.
        let id = change.id
        let given = side.changes.removals(of: change.name, in: change.parent).last { removal in
            removal.kind == .file && removal.location.pendingID == nil
                && (removal.notBefore > 0 || removal.predecessor == id)
        }
        guard let given, side.publisher.hold(given.id) else { return }
        transaction.drop(given.id)
        side.publisher.forget(given.id)
        transaction.edit(.moveAttributes(from: change.location, to: given.location))
        abandon(change, side, &transaction)
        change.location = given.location
        change.version = given.version
        change.inheritUpload(of: given)
    }

    /// The tree tells the file as it was just kept.
    private func show(_ change: Change, of file: OpenFile, _ side: WriteSide) throws(VFSError) {
        try catalog.merging.withLock { _ throws(VFSError) in
            let old = file.place.location
            // What was under way already may have been published at once: then the tree shows it.
            guard old != change.location || side.changes[change.id]?.change.content == change.content else { return }
            try show(change, of: file, from: old)
        }
    }

    private func show(_ change: Change, of file: OpenFile, from old: Location) throws(VFSError) {
        if old != change.location {
            try catalog.local { () throws(CacheError) in
                for fact in try catalog.facts.facts(at: old) {
                    try catalog.facts.move(
                        fact.inode,
                        to: fact.parent,
                        named: fact.name,
                        location: change.location
                    )
                }
            }
            file.follow(change.location, change.version)
        }
        let facts = try catalog.local { () throws(CacheError) -> [Fact] in
            var updated: [Fact] = []
            for fact in try catalog.facts.facts(at: change.location) {
                let base = try catalog.facts.node(fact.inode)
                let now = try catalog.facts.update(
                    fact.inode,
                    from: change.node(over: base),
                    at: time.wallNanoseconds()
                )
                if let now { updated.append(now.fact) }
            }
            return updated
        }
        for fact in facts { inodes.follow(fact) }
    }

    /// Kept here and never published.
    func isLocal(_ location: Location) -> Bool {
        writing?.changes.change(at: location)?.scope == .local
    }

    /// Waits until the store has what a program wrote.
    func wait(for change: Change, _ side: WriteSide, _ operation: String, _ path: String, _ context: CallContext)
        throws(VFSError)
    {
        // A name in passing is about to get another: it is safe in the journal until then.
        guard change.notBefore == 0 else { return }
        do throws(StoreError) {
            try side.publisher.wait(for: change.id, until: context.cancellation)
        } catch {
            throw VFSError(error)
        }
    }

    /// Waits until something is published that must be before the call can go on: one failed try does not end it while the
    /// store is there at all.
    func waitOut(_ change: Change, _ side: WriteSide, _ operation: String, _ path: String, _ context: CallContext)
        throws(VFSError)
    {
        while true {
            do throws(VFSError) {
                return try wait(for: change, side, operation, path, context)
            } catch {
                let code = error.cause?.code
                guard code == .reset || code == .serverFailure || code == .throttled,
                    side.publisher.waitForChange(of: change.id, until: context.cancellation)
                else { throw error }
            }
        }
    }

    /// Keeps all that is open and written, and waits until the store has everything.
    ///
    /// - Parameter inode: What to wait for with all below it; the root for everything.
    /// - Returns: What is not published.
    func drain(_ inode: Inode, until cancellation: Cancellation) throws(VFSError) -> [Change] {
        guard let side = writing else { return [] }
        for file in openFiles.all { _ = try keep(file, side) }
        let path = path(of: inode.rawValue)
        while true {
            let left = self.left(below: path, side)
            let open = left.filter { change in
                change.failure?.isFinal != true && side.publisher.entry(of: change.id) != nil
            }
            guard !cancellation.isCancelled else { return left }
            guard let next = open.first(where: { side.publisher.canMove($0.id) }) else {
                // It may have been published between the two looks.
                guard left.contains(where: { side.changes[$0.id] == nil }) else { return left }
                continue
            }
            do throws(StoreError) {
                try side.publisher.wait(for: next.id, until: cancellation)
            } catch {
                // It failed this time: who waits for all goes on waiting as long as there is time, without turning in a circle.
                guard side.publisher.waitForChange(of: next.id, until: cancellation) else {
                    return self.left(below: path, side)
                }
            }
        }
    }

    private func left(below path: String, _ side: WriteSide) -> [Change] {
        let below = path == "/" ? "/" : path + "/"
        return side.changes.all.filter { row in
            guard row.change.scope == .published, row.isDurable else { return false }
            guard path != "/" else { return true }
            // It may be below as well as anywhere else.
            guard let own = catalog.knownPath(of: row.change) else { return true }
            return own == path || own.hasPrefix(below)
        }.map(\.change)
    }
}
