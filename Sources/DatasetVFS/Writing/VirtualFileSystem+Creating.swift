internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// Makes a file and opens it; counts one lookup.
    ///
    /// A file that somebody else made a moment ago, before the kernel knew of it, is opened.
    ///
    /// - Throws: EEXIST where the name is taken, and O_EXCL given or it is no file's.
    package func create(
        _ name: String,
        in parent: Inode,
        permissions: UInt32,
        flags: Int32,
        _ context: CallContext
    ) throws(VFSError) -> (entry: Entry, file: OpenedFile) {
        try recording("create", at: path(of: name, in: parent.rawValue)) { () throws(VFSError) in
            let side = try writeSide()
            if flags & O_EXCL == 0, let entry = try existingFile(name, in: parent, context) {
                return (entry, try open(entry.status.inode, flags: flags, context))
            }
            let fact = try begin(.file, name, in: parent, side, context)
            try remember(permissions, of: fact, usual: 0o666, side)
            guard inodes.open(fact) != .refused else { throw .stale }
            let writes = flags & O_ACCMODE != O_RDONLY
            let file = openFiles.acquire(fact.inode, writes: writes, place(of: fact))
            // Made now, so that a disk that takes no file says so here.
            let draft = try file.draft { () throws(VFSError) in try newDraft(over: nil, side) }
            file.noteMade(at: fact.modified ?? Timestamp(nanoseconds: time.wallNanoseconds()))
            // An empty file is content as well: it is published although nothing was written.
            try ChangeTable.local { () throws(JournalError) in try draft.truncate(to: 0) }
            let handle = FileHandle(
                inode: fact.inode,
                path: path(of: fact.inode),
                body: .generated([]),
                readAhead: ReadAhead(),
                file: file,
                writes: writes
            )
            inodes.remember(fact.inode)
            return (
                Entry(status: status(of: fact), lifetime: options.lifetime),
                OpenedFile(handle: files.insert(handle), keepsCache: false, isDirect: false)
            )
        }
    }

    /// - Returns: The file of that name, with one lookup counted; nil when there is none.
    private func existingFile(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) -> Entry? {
        guard !isControl(parent), name != TreeName.control, name.utf8.count <= TreeName.limit,
            let found = try find(name, in: catalog.fact(parent.rawValue), context.cancellation), found.kind == .file
        else { return nil }
        let current = try catalog.sized(catalog.leaveToReaders(found), until: context.cancellation)
        inodes.remember(current.inode)
        return Entry(status: status(of: current), lifetime: options.lifetime)
    }

    /// Makes an empty file (mknod(2)); counts one lookup.
    package func makeFile(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        let made = try create(name, in: parent, permissions: permissions, flags: O_WRONLY | O_EXCL, context)
        defer { release(made.file.handle) }
        try flush(made.file.handle, context)
        return made.entry
    }

    /// Counts one lookup.
    package func makeDirectory(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        try recording("mkdir", at: path(of: name, in: parent.rawValue)) { () throws(VFSError) in
            let side = try writeSide()
            let fact = try make(.directory, name, in: parent, side, context)
            // What is in it is known: nothing.
            _ = try catalog.local { () throws(CacheError) in
                try catalog.facts.replaceChildren(of: fact.inode, with: [], at: time.wallNanoseconds())
            }
            try remember(permissions, of: fact, usual: 0o777, side)
            inodes.remember(fact.inode)
            return Entry(status: status(of: fact), lifetime: options.lifetime)
        }
    }

    /// Counts one lookup.
    package func makeLink(_ name: String, to target: String, in parent: Inode, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        try recording("symlink", at: path(of: name, in: parent.rawValue)) { () throws(VFSError) in
            let side = try writeSide()
            let fact = try make(.link(target: target), name, in: parent, side, context)
            inodes.remember(fact.inode)
            return Entry(status: status(of: fact), lifetime: options.lifetime)
        }
    }

    /// Makes a directory or link; at once where the mount is `through`.
    private func make(
        _ kind: NodeKind,
        _ name: String,
        in parent: Inode,
        _ side: WriteSide,
        _ context: CallContext
    ) throws(VFSError) -> Fact {
        let fact = try begin(kind, name, in: parent, side, context)
        guard let shown = side.changes.change(at: fact.location) else { throw .stale }
        do throws(VFSError) {
            try side.changes.transact { transaction throws(VFSError) in transaction.put(shown) }
            guard shown.scope == .published else { return fact }
            side.publisher.enqueue(shown)
            if side.durability == .through, shown.notBefore == 0 {
                try wait(for: shown, side, "make", path(of: fact.inode), context)
            }
        } catch {
            try takeBack(shown, fact, side, context)
            // Somebody else was first.
            throw error.cause?.code == .conflict ? VFSError(errno: EEXIST, cause: error.cause) : error
        }
        return try catalog.fact(fact.inode)
    }

    /// Nothing is made where the store said no: no bytes are lost with it.
    private func takeBack(_ change: Change, _ fact: Fact, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        let brief = Cancellation(deadline: .after(.seconds(5)))
        do throws(StoreError) {
            try side.publisher.withdraw(change.id, until: brief)
        } catch {
            throw VFSError(error)
        }
        // It may have come to the store after all, unheard: then it stays.
        guard side.changes[change.id] != nil else { return }
        try side.changes.transact { transaction throws(VFSError) in transaction.drop(change.id) }
        side.changes.hide(change.id)
        side.publisher.forget(change.id)
        try catalog.local { () throws(CacheError) in try catalog.facts.remove(fact.inode) }
    }

    /// Checks what can be checked here and now, and enters the new name into the tree; nothing of it is durable yet.
    private func begin(
        _ kind: NodeKind,
        _ name: String,
        in parent: Inode,
        _ side: WriteSide,
        _ context: CallContext
    ) throws(VFSError) -> Fact {
        guard !isControl(parent), name != TreeName.control else { throw VFSError(errno: EPERM) }
        guard name.utf8.count <= TreeName.limit else { throw VFSError(errno: ENAMETOOLONG) }
        let directory = try catalog.fact(parent.rawValue)
        guard directory.kind == .directory else { throw VFSError(errno: ENOTDIR) }
        guard try find(name, in: directory, context.cancellation) == nil else { throw VFSError(errno: EEXIST) }
        try learnIgnores(for: directory, side, context)
        let now = time.wallNanoseconds()
        let id = try side.changes.newID()
        var change = Change(
            id: id,
            kind: kind,
            location: .pending(id),
            version: nil,
            parent: directory.location,
            name: name
        )
        change.modified = Timestamp(nanoseconds: now)
        change.description = rememberedDescription(of: name, in: directory.inode)
        side.place(&change, inLocalDirectory: isLocal(directory.location), now: now)
        if change.scope == .published { try check(change) }
        // The kernel may deny the name to nobody any more, and no listing may take it out again.
        side.changes.show(change)
        catalog.absentNames.forget(in: directory.inode)
        return try catalog.local { () throws(CacheError) in
            try catalog.facts.place(NamedNode(name: name, node: change.node()), in: directory.inode, at: now)
        }
    }

    /// - Throws: What the store says of such a thing without being asked.
    func check(_ change: Change) throws(VFSError) {
        let kind: Creation.Kind =
            switch change.kind {
            case .file: .file
            case .directory: .directory
            case .link(let target): .link(target: target)
            }
        try catalog.remote { () throws(StoreError) in
            try store.check(Creation(kind, named: TreeName.unescaped(change.name), in: change.parent))
        }
    }

    func newDraft(over base: (any DraftBase)?, _ side: WriteSide) throws(VFSError) -> Draft {
        try ChangeTable.local { () throws(JournalError) in try side.journal.makeDraft(over: base) }
    }

    /// Permissions that differ from what every file here shows are kept.
    private func remember(_ permissions: UInt32, of fact: Fact, usual: UInt32, _ side: WriteSide) throws(VFSError) {
        guard permissions & ~options.umask & 0o777 != usual & ~options.umask else { return }
        try side.changes.transact { transaction throws(VFSError) in
            transaction.edit(.attributes(LocalAttributes(permissions: permissions & 0o7777), of: fact.location))
        }
    }

    func place(of fact: Fact) -> OpenFile.Place {
        let change = writing?.changes.change(at: fact.location)
        let parent = (try? catalog.fact(fact.parent))?.location ?? .root
        return OpenFile.Place(
            location: fact.location,
            version: change?.version ?? (fact.version?.isUnpublished == true ? nil : fact.version ?? .told(fact)),
            parent: change?.parent ?? parent,
            name: fact.name
        )
    }
}
