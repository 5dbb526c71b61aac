internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// RENAME_EXCHANGE: only names that nobody else knows can change places in one step.
    func exchange(_ source: Fact, _ target: Fact?, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        guard let target else { throw .notFound }
        guard source.location.pendingID != nil, target.location.pendingID != nil else { throw VFSError(errno: EINVAL) }
        let mine = try settled(source.location, side, context)
        let theirs = try settled(target.location, side, context)
        guard var mine, var theirs, mine.location.pendingID != nil, theirs.location.pendingID != nil else {
            for change in [mine, theirs] { if let change { side.publisher.resume(change.id) } }
            throw VFSError(errno: EINVAL)
        }
        try side.changes.transact { transaction throws(VFSError) in
            for change in [mine, theirs] { abandon(change, side, &transaction) }
            (mine.note, theirs.note) = (nil, nil)
            (mine.parent, theirs.parent) = (theirs.parent, mine.parent)
            (mine.name, theirs.name) = (theirs.name, mine.name)
            transaction.put(mine)
            transaction.put(theirs)
        }
        try catalog.local { () throws(CacheError) in
            let facts = catalog.facts
            let aside = "%FF\(source.inode)"
            try facts.move(
                source.inode,
                to: source.parent,
                named: aside,
                location: source.location,
                keepsChildren: true
            )
            try facts.move(
                target.inode,
                to: source.parent,
                named: source.name,
                location: target.location,
                keepsChildren: true
            )
            try facts.move(
                source.inode,
                to: target.parent,
                named: target.name,
                location: source.location,
                keepsChildren: true
            )
        }
        for (change, inode) in [(mine, source.inode), (theirs, target.inode)] {
            openFiles[inode]?.move(
                OpenFile.Place(location: change.location, version: nil, parent: change.parent, name: change.name)
            )
            if change.scope == .published { side.publisher.enqueue(change) }
        }
    }
}
