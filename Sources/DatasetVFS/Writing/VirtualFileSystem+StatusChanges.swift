internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    package func change(_ change: StatusChange, of inode: Inode, handle: UInt64?, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        if isControl(inode) { return try changeControl(change, of: inode, handle: handle, context) }
        return try recording("setattr", at: path(of: inode.rawValue)) { () throws(VFSError) in
            let side = try writeSide()
            if let size = change.size { try resize(inode, to: size, handle: handle, context) }
            try remember(change, of: inode, side)
            return try status(of: inode, handle: handle, context)
        }
    }

    /// Owner, permissions and times are this machine's: they are remembered here and shown again.
    private func remember(_ change: StatusChange, of inode: Inode, _ side: WriteSide) throws(VFSError) {
        let now = Timestamp(nanoseconds: time.wallNanoseconds())
        let fact = try catalog.fact(inode.rawValue)
        var remembered = try localAttributes(of: fact.location) ?? LocalAttributes()
        let before = remembered
        if let permissions = change.permissions { remembered.permissions = permissions & 0o7777 }
        if let owner = change.owner { remembered.owner = owner }
        if let group = change.group { remembered.group = group }
        if let accessed = change.accessed { remembered.accessed = accessed.time(now) }
        if let modified = change.modified {
            remembered.modified = modified.time(now)
            let isPublished = openFiles[inode.rawValue]?.draft?.isDirty != true && fact.version?.isUnpublished == false
            remembered.version = isPublished ? fact.version : nil
            openFiles[inode.rawValue]?.setModified(modified.time(now))
        }
        guard remembered != before, openFiles[inode.rawValue]?.isGone != true else { return }
        try side.changes.transact { transaction throws(VFSError) in
            transaction.edit(.attributes(remembered, of: fact.location))
        }
    }

    func localAttributes(of location: Location) throws(VFSError) -> LocalAttributes? {
        guard let journal = writing?.journal else { return nil }
        return try ChangeTable.local { () throws(JournalError) in try journal.localAttributes(of: location) }
    }
}

extension StatusChange.Moment {
    func time(_ now: Timestamp) -> Timestamp {
        switch self {
        case .now: now
        case .at(let time): time
        }
    }
}
