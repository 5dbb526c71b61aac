internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// A directory that the store cannot rename: made anew with all that is in it, the old one removed once nothing is left in it.
///
/// First all of it is looked at, then all of it is entered into the journal in one step: a crash leaves the old tree, the new
/// one, or some of both at the store, and the next mount goes on.
extension VirtualFileSystem {
    private final class Branch {
        let fact: Fact
        /// Of what the store has; nil for what it does not have yet.
        let node: Node?
        let content: SealedContent?
        let branches: [Branch]

        init(_ fact: Fact, _ node: Node?, _ content: SealedContent?, _ branches: [Branch]) {
            self.fact = fact
            self.node = node
            self.content = content
            self.branches = branches
        }
    }

    /// What one step writes down, in the order it is to be published.
    private struct Outcome {
        var copies: [(change: Change, fact: Fact)] = []
        var removals: [Change] = []
    }

    func moveTree(_ move: Move, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        let (source, directory) = (move.source, move.directory)
        let tree = try survey(source, side, context)
        let oldParent = try catalog.fact(source.parent).location
        let outcome = try catalog.merging.withLock { _ throws(VFSError) in
            var outcome = Outcome()
            try side.changes.transact { transaction throws(VFSError) in
                let parent = directory.location
                try copy(tree, to: parent, named: move.name, from: oldParent, side, &transaction, &outcome)
                guard let top = outcome.copies.first?.change else { return }
                let clearing = try clearing(of: move, for: top, side)
                clear(clearing, side, &transaction)
                if let removal = clearing.removal { outcome.removals.append(removal) }
            }
            if let obstacle = move.obstacle { vanish(obstacle) }
            for (change, fact) in outcome.copies {
                let isTop = fact.inode == source.inode
                try show(change, at: isTop ? directory.inode : fact.parent, fact)
            }
            return outcome
        }
        for (change, _) in outcome.copies { side.publisher.enqueue(change) }
        for removal in outcome.removals { side.publisher.enqueue(removal) }
        guard side.durability == .through else { return }
        for change in outcome.copies.map(\.change) + outcome.removals {
            try wait(for: change, side, "rename", path(of: source.inode), context)
        }
    }

    /// Learns all that is below a directory, with nothing of it being sent.
    private func survey(_ known: Fact, _ side: WriteSide, _ context: CallContext) throws(VFSError) -> Branch {
        _ = try settled(known.location, side, context)
        var fact = try catalog.fact(known.inode)
        guard fact.location.pendingID == nil else { return Branch(fact, nil, nil, []) }
        guard fact.kind == .directory else {
            if fact.kind == .file { fact = try catalog.refreshIfPossible(fact, until: context.cancellation) }
            let isWritten = side.changes.change(at: fact.location)?.content != nil
            return Branch(
                fact,
                try catalog.node(of: fact),
                isWritten ? nil : try contentToCopy(fact, side, context),
                []
            )
        }
        try catalog.refreshListing(of: fact, until: context.cancellation)
        var branches: [Branch] = []
        var last: UInt64 = 0
        while true {
            let page = try catalog.local { () throws(CacheError) in
                try catalog.facts.children(of: fact.inode, after: last, limit: 512)
            }
            for child in page { branches.append(try survey(child, side, context)) }
            guard page.count == 512, let end = page.last else { break }
            last = end.inode
        }
        return Branch(fact, try catalog.node(of: fact), nil, branches)
    }

    private func copy(
        _ branch: Branch,
        to parent: Location,
        named name: String,
        from oldParent: Location,
        _ side: WriteSide,
        _ transaction: inout ChangeTransaction,
        _ outcome: inout Outcome
    ) throws(VFSError) {
        let old = branch.fact.location
        let pending = transaction.change(at: old)
        guard old.pendingID == nil else {
            // The store does not have it yet: it merely goes elsewhere.
            guard var moved = pending else { return }
            moved.parent = parent
            moved.name = name
            if side.changes[moved.id]?.isDurable == true { transaction.put(moved) } else { side.changes.show(moved) }
            if moved.scope == .published { outcome.copies.append((moved, branch.fact)) }
            return
        }
        let copyID = try side.changes.newID()
        var copy = Change(
            id: copyID,
            kind: branch.fact.kind,
            location: .pending(copyID),
            version: nil,
            parent: parent,
            name: name
        )
        copy.content = branch.content?.id ?? pending?.content
        copy.size = branch.content?.size ?? pending?.size ?? 0
        copy.modified = branch.fact.modified ?? Timestamp(nanoseconds: time.wallNanoseconds())
        copy.description = pending?.description ?? branch.node?.attributes.description
        copy.tags = pending?.tags ?? branch.node?.attributes.tags
        if let content = branch.content { transaction.edit(.keep(content)) }
        transaction.edit(.moveAttributes(from: old, to: copy.location))
        transaction.put(copy)
        outcome.copies.append((copy, branch.fact))
        for below in branch.branches {
            try self.copy(below, to: copy.location, named: below.fact.name, from: old, side, &transaction, &outcome)
        }
        if let pending {
            transaction.drop(pending.id)
            side.publisher.forget(pending.id)
        }
        // Its number is higher than those of what it held, which go first after a crash as well.
        var removal = Change(
            id: try side.changes.newID(),
            kind: branch.fact.kind,
            location: old,
            version: pending?.version ?? branch.fact.version,
            parent: oldParent,
            name: branch.fact.name
        )
        removal.isRemoval = true
        removal.inheritUpload(of: pending)
        removal.predecessor = copy.id
        transaction.put(removal)
        outcome.removals.append(removal)
    }

    private func show(_ change: Change, at parent: UInt64, _ old: Fact) throws(VFSError) {
        let now = try catalog.local { () throws(CacheError) -> Fact? in
            try catalog.facts.move(
                old.inode,
                to: parent,
                named: change.name,
                location: change.location,
                keepsChildren: true
            )
            return try catalog.facts.update(old.inode, from: change.node(), at: time.wallNanoseconds())?.fact
        }
        if let now { inodes.follow(now) }
        openFiles[old.inode]?.move(
            OpenFile.Place(location: change.location, version: nil, parent: change.parent, name: change.name)
        )
    }
}
