internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// To another name while the store does not have it yet: it merely is called otherwise.
extension VirtualFileSystem {
    func renameUnpublished(_ move: Move, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        guard let shown = side.changes.row(at: move.source.location) else { throw .stale }
        var moved = shown.change
        moved.parent = move.directory.location
        moved.name = move.name
        side.place(&moved, inLocalDirectory: isLocal(moved.parent), now: time.wallNanoseconds())
        if moved.scope == .published {
            try check(moved)
        } else if let id = moved.content {
            // What stays here must be here before what it was made from may go.
            let content = try ChangeTable.local { () throws(JournalError) in try side.journal.content(id) }
            try fetch(content, side, context)
        }
        let below = descendants(of: moved, side)
        // What stands in the way is given up durably: so must be what takes its place, although nobody has closed it yet.
        let isFree = move.target == nil && move.obstacle == nil
        let content = try shown.isDurable || isFree ? nil : sealed(move.source, &moved)
        let isDurable = shown.isDurable || content != nil
        let clearing = try clearing(of: move, for: moved, side)
        moved = try catalog.merging.withLock { [moved] _ throws(VFSError) in
            var moved = moved
            try side.changes.transact { transaction throws(VFSError) in
                if let target = move.target { replace(target, by: &moved, side, &transaction) }
                takeOver(&moved, side, &transaction)
                // What an earlier try may have made under the old name is taken back.
                if moved.isCreation {
                    abandon(shown.change, side, &transaction)
                    moved.note = nil
                }
                if moved.location != shown.change.location {
                    transaction.edit(.moveAttributes(from: shown.change.location, to: moved.location))
                }
                moved.failure = nil
                if let content { transaction.edit(.keep(content)) }
                if isDurable { transaction.put(moved) }
                for child in below { transaction.put(child) }
                clear(clearing, side, &transaction)
            }
            if !isDurable { side.changes.show(moved) }
            try take(moved, move)
            return moved
        }
        let isPublished = moved.scope == .published && isDurable
        if isPublished { side.publisher.enqueue(moved) } else { side.publisher.forget(moved.id) }
        for child in below {
            if child.scope == .published { side.publisher.enqueue(child) } else { side.publisher.forget(child.id) }
        }
        if let removal = clearing.removal { side.publisher.enqueue(removal) }
        guard side.durability == .through else { return }
        for change in [isPublished ? moved : nil, clearing.removal] {
            if let change { try wait(for: change, side, "rename", path(of: move.source.inode), context) }
        }
    }

    /// What is to become of a link or an empty directory whose name another thing gets.
    struct Clearing {
        /// What was on its way for it.
        var pending: Change?
        /// Nil where the store has nothing of it, or nothing stands in the way.
        var removal: Change?
    }

    /// - Parameter newcomer: What gets the name: where names may stand twice it is at the store before the old one goes.
    func clearing(of move: Move, for newcomer: Change, _ side: WriteSide) throws(VFSError) -> Clearing {
        guard let obstacle = move.obstacle else { return Clearing() }
        let pending = side.changes.change(at: obstacle.location)
        var removal = try removal(of: obstacle, pending, side)
        if store.traits.renaming == .never, newcomer.scope == .published { removal?.predecessor = newcomer.id }
        return Clearing(pending: pending, removal: removal)
    }

    func clear(_ clearing: Clearing, _ side: WriteSide, _ transaction: inout ChangeTransaction) {
        if let removal = clearing.removal {
            transaction.put(removal)
        } else if let pending = clearing.pending {
            dropUnpublished(pending, side, &transaction)
        }
    }

    private func sealed(_ source: Fact, _ moved: inout Change) throws(VFSError) -> SealedContent? {
        guard let file = openFiles[source.inode], let draft = file.draft else { return nil }
        let content = try ChangeTable.local { () throws(JournalError) in try draft.seal() }
        moved.content = content.id
        moved.size = content.size
        moved.modified = file.modified ?? moved.modified
        return content
    }

    /// What stands at the new name goes: its place at the store, if it has one, is the newcomer's from now on.
    func replace(
        _ target: Fact,
        by moved: inout Change,
        _ side: WriteSide,
        _ transaction: inout ChangeTransaction
    ) {
        let pending = transaction.change(at: target.location)
        guard target.location.pendingID == nil, moved.scope == .published else {
            if let pending { dropUnpublished(pending, side, &transaction) }
            return
        }
        if let pending {
            transaction.drop(pending.id)
            side.publisher.forget(pending.id)
        }
        abandon(moved, side, &transaction)
        moved.location = target.location
        moved.version = pending?.version ?? target.version ?? .told(target)
        moved.inheritUpload(of: pending)
    }

    /// What lies below a directory whose name decides that it is published, or that it is not.
    private func descendants(of directory: Change, _ side: WriteSide) -> [Change] {
        guard directory.kind == .directory else { return [] }
        return side.changes.children(of: directory.location).flatMap { child -> [Change] in
            var child = child
            let before = child.scope
            side.place(&child, inLocalDirectory: directory.scope == .local, now: time.wallNanoseconds())
            guard child.scope != before else { return [] }
            return [child] + descendants(of: child, side)
        }
    }
}
