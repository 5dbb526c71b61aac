internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// Three ways to another name: what the store does not have yet merely is called otherwise; what it has it renames itself
/// where it can; everything else is copied, and the original removed once the copy is safe.
extension VirtualFileSystem {
    /// What is renamed, what stands in its way, and where it goes.
    struct Move {
        var source: Fact
        var target: Fact?
        let directory: Fact
        let name: String
    }

    package func rename(
        _ name: String,
        in parent: Inode,
        to newName: String,
        in newParent: Inode,
        _ rule: RenameRule,
        _ context: CallContext
    ) throws(VFSError) {
        try recording("rename", at: path(of: name, in: parent.rawValue)) { () throws(VFSError) in
            let side = try writeSide()
            guard !isControl(newParent), newName != TreeName.control else { throw VFSError(errno: EPERM) }
            let source = try existing(name, in: parent, context)
            let directory = try catalog.fact(newParent.rawValue)
            try refuseCollection(source, to: directory)
            let target = try find(newName, in: directory, context.cancellation)
            guard target?.inode != source.inode else { return }
            guard rule != .exchanges else { return try exchange(source, target, side, context) }
            guard rule != .mustBeFree || target == nil else { throw VFSError(errno: EEXIST) }
            try checkKinds(source, target)
            try learnIgnores(for: directory, side, context)
            // Whatever is being sent just now may become another thing's content: it is settled first.
            let held = [source, target].compactMap { $0.flatMap { side.changes.change(at: $0.location)?.id } }
            do throws(VFSError) {
                _ = try settled(source.location, side, context)
                if let target { _ = try settled(target.location, side, context) }
                try move(source, over: target, to: newName, in: directory, side, context)
            } catch {
                for id in held { side.publisher.resume(id) }
                throw error
            }
        }
    }

    private func move(
        _ source: Fact,
        over target: Fact?,
        to name: String,
        in directory: Fact,
        _ side: WriteSide,
        _ context: CallContext
    ) throws(VFSError) {
        var move = Move(
            source: try catalog.fact(source.inode),
            target: try target.map { target throws(VFSError) in try catalog.fact(target.inode) },
            directory: try catalog.fact(directory.inode),
            name: name
        )
        if let obstacle = move.target, obstacle.kind != .file || source.kind != .file {
            if obstacle.kind == .directory {
                try removeDirectory(name, in: Inode(directory.inode), context)
            } else {
                try remove(obstacle, side, context)
            }
            move.target = nil
        }
        if move.source.location.pendingID != nil {
            try renameUnpublished(move, side, context)
        } else if move.target == nil, store.traits.renaming == .anywhere, !isLocalName(name, move.directory, side) {
            try renameAtStore(move, side, context)
        } else {
            try copyAndRemove(move, side, context)
        }
    }

    private func checkKinds(_ source: Fact, _ target: Fact?) throws(VFSError) {
        guard let target else { return }
        if source.kind == .directory, target.kind != .directory { throw VFSError(errno: ENOTDIR) }
        if source.kind != .directory, target.kind == .directory { throw VFSError(errno: EISDIR) }
    }

    func isLocalName(_ name: String, _ directory: Fact, _ side: WriteSide) -> Bool {
        side.names.treatment(of: name, inLocalDirectory: isLocal(directory.location)) == .local
    }

    // MARK: - What the store does not have yet

    private func renameUnpublished(_ move: Move, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
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
        let content = try shown.isDurable || move.target == nil ? nil : sealed(move.source, &moved)
        let isDurable = shown.isDurable || content != nil
        try side.changes.transact { transaction throws(VFSError) in
            if let target = move.target { replace(target, by: &moved, side, &transaction) }
            takeOver(&moved, side, &transaction)
            if moved.location != shown.change.location {
                transaction.edit(.moveAttributes(from: shown.change.location, to: moved.location))
            }
            moved.failure = nil
            if let content { transaction.edit(.keep(content)) }
            if isDurable { transaction.put(moved) }
            for child in below { transaction.put(child) }
        }
        if !isDurable { side.changes.show(moved) }
        try take(moved, move)
        let isPublished = moved.scope == .published && isDurable
        if isPublished { side.publisher.enqueue(moved) } else { side.publisher.forget(moved.id) }
        for child in below {
            if child.scope == .published { side.publisher.enqueue(child) } else { side.publisher.forget(child.id) }
        }
        guard isPublished else { return }
        if side.durability == .through { try wait(for: moved, side, "rename", path(of: move.source.inode), context) }
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
        moved.version = pending?.version ?? target.version
        moved.note = nil
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

    // MARK: - What the store renames itself

    private func renameAtStore(_ move: Move, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        try publishBelow(move.source, side, context)
        try publishBelow(move.directory, side, context, isDeep: false)
        let parent = try catalog.fact(move.directory.inode).location
        let name = TreeName.unescaped(move.name)
        if let removal = side.changes.removal(of: move.name, in: parent) {
            // It may wait in its turn for what is renamed.
            if let pending = side.changes.change(at: move.source.location) { side.publisher.resume(pending.id) }
            defer { _ = try? settled(move.source.location, side, context) }
            try waitOut(removal, side, "rename", path(of: move.source.inode), context)
        }
        let old = move.source
        let oldParent = try catalog.fact(old.parent).location
        let node = try catalog.remote { () throws(StoreError) in
            try store.rename(old.location, to: name, in: parent, until: context.cancellation)
        }
        try catalog.merging.withLock { _ throws(VFSError) in
            try side.changes.transact { transaction throws(VFSError) in
                transaction.note(.gone(old.location, parent: oldParent))
                transaction.note(.stands(node, parent: parent))
                transaction.edit(.moveAttributes(from: old.location, to: node.location))
                if var pending = transaction.change(at: old.location) {
                    pending.location = node.location
                    pending.version = node.version
                    pending.parent = parent
                    pending.name = move.name
                    transaction.put(pending)
                }
                if old.kind == .directory { follow(old.location, node.location, side, &transaction) }
            }
            let pending = side.changes.change(at: node.location)
            try place(move, at: node.location, showing: pending?.node(over: node) ?? node)
            openFiles[old.inode]?.move(
                OpenFile.Place(location: node.location, version: node.version, parent: parent, name: move.name)
            )
        }
        if let pending = side.changes.change(at: node.location) { side.publisher.enqueue(pending) }
    }

    /// What is kept here alone, or open, below a directory that the store has given another address.
    private func follow(
        _ old: Location,
        _ new: Location,
        _ side: WriteSide,
        _ transaction: inout ChangeTransaction
    ) {
        guard old != new else { return }
        let inside = old.rawValue + "/"
        func moved(_ location: Location) -> Location? {
            if location == old { return new }
            guard location.rawValue.hasPrefix(inside) else { return nil }
            return Location(new.rawValue + "/" + location.rawValue.dropFirst(inside.count))
        }
        for var change in side.changes.all.map(\.change) where change.scope == .local {
            guard let parent = moved(change.parent) else { continue }
            change.parent = parent
            transaction.put(change)
        }
        for file in openFiles.all {
            var place = file.place
            guard let parent = moved(place.parent) else { continue }
            place.parent = parent
            place.location = moved(place.location) ?? place.location
            file.move(place)
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

    /// The addresses of what lies below a directory change with its name: nothing may be under way there.
    private func publishBelow(_ fact: Fact, _ side: WriteSide, _ context: CallContext, isDeep: Bool = true)
        throws(VFSError)
    {
        guard fact.kind == .directory else { return }
        if let own = side.changes.change(at: fact.location) {
            side.publisher.resume(own.id)
            try waitOut(own, side, "rename", path(of: fact.inode), context)
        }
        guard isDeep else { return }
        let below = path(of: fact.inode) + "/"
        // By address as well: what lies in a directory that nobody has looked at since the mount has no path yet.
        let inside = fact.location.rawValue + "/"
        for row in side.changes.all where row.change.scope == .published {
            let parent = row.change.parent
            guard
                parent == fact.location || parent.rawValue.hasPrefix(inside)
                    || catalog.path(of: row.change).hasPrefix(below)
            else { continue }
            try waitOut(try atOnce(row.change, side), side, "rename", path(of: fact.inode), context)
        }
    }

    /// A name in passing is not waited for any longer.
    private func atOnce(_ change: Change, _ side: WriteSide) throws(VFSError) -> Change {
        guard change.notBefore > 0 else { return change }
        let hurried = try side.changes.transact { transaction throws(VFSError) -> Change? in
            guard var row = transaction.row(change.id)?.change else { return nil }
            row.notBefore = 0
            transaction.put(row)
            return row
        }
        guard let hurried else { return change }
        side.publisher.enqueue(hurried)
        return hurried
    }

    // MARK: - The tree

    /// The number goes with the name; what stood there is left to who has it open.
    func take(_ change: Change, _ move: Move) throws(VFSError) {
        let base =
            change.location.pendingID == nil
            ? try move.target.flatMap { target throws(VFSError) in
                try catalog.node(of: target)
            } : nil
        try place(move, at: change.location, showing: change.node(over: base))
        openFiles[move.source.inode]?.move(
            OpenFile.Place(
                location: change.location,
                version: change.version,
                parent: change.parent,
                name: change.name
            )
        )
    }

    private func place(_ move: Move, at location: Location, showing node: Node) throws(VFSError) {
        if let target = move.target {
            openFiles[target.inode]?.abandon()
            inodes.detach(target.inode)
        }
        let now = try catalog.local { () throws(CacheError) -> Fact? in
            try catalog.facts.move(
                move.source.inode,
                to: move.directory.inode,
                named: move.name,
                location: location,
                keepsChildren: location.pendingID != nil
            )
            return try catalog.facts.update(move.source.inode, from: node, at: time.wallNanoseconds())?.fact
        }
        if let now { inodes.follow(now) }
    }
}
