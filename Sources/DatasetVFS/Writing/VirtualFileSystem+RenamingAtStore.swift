internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// To another name by the store's own means.
extension VirtualFileSystem {
    func renameAtStore(_ move: Move, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        // What is on its way goes first: a crash between the store's renaming and the journal's would part the two.
        try publishBelow(move.source, side, context)
        try publishBelow(move.directory, side, context, isDeep: false)
        let parent = try catalog.fact(move.directory.inode).location
        let name = TreeName.unescaped(move.name)
        for removal in side.changes.removals(of: move.name, in: parent) {
            try waitOut(removal, side, "rename", path(of: move.source.inode), context)
        }
        let old = try catalog.fact(move.source.inode)
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
                    // Written to again while the store renamed it.
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

    /// The addresses of what lies below a directory change with its name: nothing may be under way there.
    private func publishBelow(_ fact: Fact, _ side: WriteSide, _ context: CallContext, isDeep: Bool = true)
        throws(VFSError)
    {
        if let own = side.changes.change(at: fact.location), own.scope == .published {
            side.publisher.resume(own.id)
            try waitOut(try atOnce(own, side), side, "rename", path(of: fact.inode), context)
        }
        guard fact.kind == .directory, isDeep else { return }
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
}
