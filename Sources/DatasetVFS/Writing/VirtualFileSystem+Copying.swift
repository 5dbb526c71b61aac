internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// To another name by copying: the original is removed once the copy is safe at the store.
extension VirtualFileSystem {
    func copyAndRemove(_ move: Move, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        if move.source.kind == .directory {
            // What stays here must be here: mv(1) copies it when it is told that the new place lies elsewhere.
            guard !isLocalName(move.name, move.directory, side) else { throw VFSError(errno: EXDEV) }
            return try moveTree(move, side, context)
        }
        // Of a file that nobody has looked at yet the version is not known: without it there is nothing to copy.
        let isKnown = move.source.kind != .file || move.source.version != nil && move.source.size != nil
        let source =
            try isKnown
            ? catalog.refreshIfPossible(move.source, until: context.cancellation)
            : catalog.refresh(move.source, until: context.cancellation)
        let pending = side.changes.change(at: source.location)
        let content = try pending?.content == nil ? contentToCopy(source, side, context) : nil
        let (newID, removalID) = (try side.changes.newID(), try side.changes.newID())
        let node = try catalog.node(of: source)
        let oldParent = try catalog.fact(source.parent).location
        var copy = Change(
            id: newID,
            kind: source.kind,
            location: .pending(newID),
            version: nil,
            parent: move.directory.location,
            name: move.name
        )
        copy.content = content?.id ?? pending?.content
        copy.size = content?.size ?? pending?.size ?? 0
        copy.modified = source.modified ?? Timestamp(nanoseconds: time.wallNanoseconds())
        copy.description = pending?.description ?? node?.attributes.description
        copy.tags = pending?.tags ?? node?.attributes.tags
        side.place(&copy, inLocalDirectory: isLocal(copy.parent), now: time.wallNanoseconds())
        if copy.scope == .published { try check(copy) } else { try fetch(content, side, context) }
        var removal = Change(
            id: removalID,
            kind: source.kind,
            location: source.location,
            version: pending?.version ?? source.version,
            parent: oldParent,
            name: source.name
        )
        removal.isRemoval = true
        removal.inheritUpload(of: pending)
        // Editors that keep a backup write the file anew in a moment.
        if copy.scope == .local { removal.notBefore = time.wallNanoseconds() + WriteSide.passingPause }
        if copy.scope == .published { removal.predecessor = copy.id }
        let clearing = try clearing(of: move, for: copy, side)
        copy = try catalog.merging.withLock { [copy] _ throws(VFSError) in
            var copy = copy
            try side.changes.transact { transaction throws(VFSError) in
                if let content { transaction.edit(.keep(content)) }
                if let target = move.target { replace(target, by: &copy, side, &transaction) }
                transaction.edit(.moveAttributes(from: source.location, to: copy.location))
                transaction.put(copy)
                if let pending { transaction.drop(pending.id) }
                transaction.put(removal)
                clear(clearing, side, &transaction)
            }
            if let pending { side.publisher.forget(pending.id) }
            try take(copy, move)
            return copy
        }
        let changes = [copy.scope == .published ? copy : nil, clearing.removal, removal].compactMap(\.self)
        for change in changes { side.publisher.enqueue(change) }
        guard side.durability == .through else { return }
        for change in changes { try wait(for: change, side, "rename", path(of: source.inode), context) }
    }

    /// The bytes of a published file, to be fetched by whoever publishes the copy.
    func contentToCopy(_ source: Fact, _ side: WriteSide, _ context: CallContext) throws(VFSError)
        -> SealedContent?
    {
        guard source.kind == .file else { return nil }
        if let file = openFiles[source.inode], let draft = file.draft {
            return try ChangeTable.local { () throws(JournalError) in try draft.seal() }
        }
        guard let size = source.size, let version = source.version, let node = try catalog.node(of: source),
            node.version == version
        else { throw .stale }
        let base =
            size == 0
            ? nil
            : ContentBase(content: contents.acquire(node, size: size, version: version), table: contents)
        let draft = try newDraft(over: base, side)
        return try ChangeTable.local { () throws(JournalError) in try draft.seal() }
    }

    /// What stays here must be here before the store's copy goes.
    func fetch(_ content: SealedContent?, _ side: WriteSide, _ context: CallContext) throws(VFSError) {
        guard let content, !content.missing.isEmpty else { return }
        try catalog.remote { () throws(StoreError) in
            let base = try side.publisher.settlement.base(of: content, until: context.cancellation)
            try content.complete(from: base, until: context.cancellation)
        }
    }
}
