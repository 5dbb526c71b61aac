internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// What follows from a publication for those who see the tree.
protocol Settlement: Sendable {
    /// The store has it: `node` as it tells it, nil for what is removed.
    ///
    /// - Returns: Whether the change is over; false when it was altered meanwhile and must go on.
    func settle(_ change: Change, _ generation: Int, _ node: Node?) throws(VFSError) -> Bool

    /// Somebody else changed or removed what was to be changed.
    ///
    /// - Returns: The change that keeps what was written here, under a name of its own; nil when nothing was written.
    func resolve(_ change: Change, _ generation: Int, _ error: StoreError) throws(VFSError) -> Change?

    /// It cannot be published; it is kept, with the reason.
    func refuse(_ change: Change, _ error: StoreError, isFinal: Bool)

    /// A content has all that was inherited from a version by those who changed it.
    func keep(_ content: SealedContent, over origin: Origin)

    /// Bytes of the content's base that are still to be fetched.
    func base(of content: SealedContent, until cancellation: Cancellation) throws(StoreError) -> any DraftBase
}

extension Publisher {
    func run(_ id: ChangeID, _ cancellation: Cancellation) {
        guard let row = changes[id] else { return forget(id) }
        do throws(StoreError) {
            let attempt = bounded(cancellation, row.change.size)
            var content: SealedContent?
            if let id = row.change.content, !row.change.isRemoval {
                content = try whole(id, until: attempt)
                try completeSuccessors(of: row.change, from: content)
            }
            let node = try publish(row.change, content, until: attempt)
            var published = row.change
            if let node, let content, try !holds(node, content, row.change, until: attempt) { published.content = nil }
            try settle(row, published, node)
        } catch {
            fail(row, error)
        }
    }

    /// An attempt has the time that its bytes take on a slow line, and the usual limit besides.
    private func bounded(_ cancellation: Cancellation, _ bytes: UInt64) -> Cancellation {
        let attempt = Cancellation(deadline: .after(limit + .seconds(Int64(clamping: bytes / Self.slowest))))
        // Whoever cancels the change cancels the attempt; it ends before the change does, so nothing is taken back.
        _ = cancellation.onCancel { attempt.cancel() }
        return attempt
    }

    /// Makes the store agree with one change.
    ///
    /// - Returns: What stands there now; nil after a removal.
    private func publish(_ change: Change, _ content: SealedContent?, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        if change.isRemoval {
            if change.location.pendingID == nil {
                var version = change.version
                if let note = change.upload?.note,
                    let node = try store.outcome(of: note, at: change.location, until: cancellation)
                {
                    version = node.version
                }
                try store.remove(change.location, version: version, until: cancellation)
            } else if let note = change.note {
                try store.abandon(note, until: cancellation)
            }
            return nil
        }
        let ledger = JournalLedger(change: change, publisher: self)
        if change.location.pendingID != nil {
            var creation = Creation(change.creationKind, named: TreeName.unescaped(change.name), in: change.parent)
            creation.description = change.description
            creation.tags = change.tags ?? []
            return try store.create(creation, content: content, ledger: ledger, until: cancellation)
        }
        var node: Node?
        if let content {
            let version = change.version ?? Version("")
            node = try store.replace(
                change.location,
                version: version,
                with: content,
                ledger: ledger,
                until: cancellation
            )
        }
        let attributes = AttributeChange(description: change.description, tags: change.tags)
        if !attributes.isEmpty {
            node = try store.setAttributes(attributes, of: change.location, until: cancellation)
        }
        if let node { return node }
        return try store.node(at: change.location, until: cancellation)
    }

    private func whole(_ id: ContentID, until cancellation: Cancellation) throws(StoreError) -> SealedContent {
        let content: SealedContent
        do throws(JournalError) {
            content = try changes.journal.content(id)
        } catch {
            throw StoreError(error)
        }
        if !content.missing.isEmpty {
            let origin = content.origin
            try content.complete(from: settlement.base(of: content, until: cancellation), until: cancellation)
            // The store may forget that version as soon as it has this content.
            if let origin { settlement.keep(content, over: origin) }
        }
        return content
    }

    /// What is kept of the file by now may lack bytes of the version that is about to be replaced: they are here.
    ///
    /// Before the store loses that version, and until nothing is missing: what is kept from then on finds a content that is
    /// whole (``VirtualFileSystem/inherit(_:from:_:)``).
    private func completeSuccessors(of change: Change, from content: SealedContent?) throws(StoreError) {
        guard let content else { return }
        while true {
            let id: ContentID?
            do throws(VFSError) {
                id = try changes.transact { transaction throws(VFSError) in transaction.row(change.id)?.change.content }
            } catch {
                throw StoreError(unkept: error)
            }
            guard let id, id != content.id else { return }
            let newer: SealedContent
            do throws(JournalError) {
                newer = try changes.journal.content(id)
            } catch {
                // Something newer again.
                guard changes[change.id]?.change.content == id else { continue }
                throw StoreError(error)
            }
            guard let origin = newer.origin else { return }
            try newer.complete(from: ReplacedBase(content: content, origin: origin), until: Cancellation())
        }
    }

    /// An earlier try with other bytes may have been finished unheard, and the store take it for this one: it is looked at.
    private func holds(
        _ node: Node,
        _ content: SealedContent,
        _ change: Change,
        until cancellation: Cancellation
    ) throws(StoreError) -> Bool {
        guard let other = change.upload?.content, other != content.id else { return true }
        guard node.size == content.size else { return false }
        let sink = ComparingSink(content)
        if content.size > 0 {
            try store.read(ByteRange(offset: 0, count: content.size), of: node, into: sink, until: cancellation)
        }
        return try sink.isEqual()
    }

    private func settle(_ row: ChangeTable.Row, _ published: Change, _ node: Node?) throws(StoreError) {
        let isOver: Bool
        do throws(VFSError) {
            isOver = try settlement.settle(published, row.generation, node)
        } catch {
            // Published, and the journal cannot be told: the store's own ledger recognises it at the next try.
            throw StoreError(unkept: error)
        }
        state.update { isOver ? $0.queue.finish(row.change.id) : $0.queue.stop(row.change.id) }
    }

    private func fail(_ row: ChangeTable.Row, _ error: StoreError) {
        let id = row.change.id
        switch error.code {
        // What was to be sent has been replaced by something newer in the meantime: that goes next.
        case .localFailure where changes[id]?.generation != row.generation:
            state.update { $0.queue.stop(id) }
        case .interrupted:
            state.update { $0.queue.stop(id) }
        case .conflict, .notFound, .versionGone:
            settleDispute(row, error)
        case _ where error.code.isConnectivity || error.code == .localFailure:
            settlement.refuse(row.change, error, isFinal: false)
            state.update { $0.queue.postpone(id, error, now: time.now()) }
        default:
            settlement.refuse(row.change, error, isFinal: true)
            state.update { $0.queue.park(id, error) }
        }
    }

    private func settleDispute(_ row: ChangeTable.Row, _ error: StoreError) {
        let change = row.change
        guard change.isCreation, error.code != .conflict || change.kind == .directory else {
            return resolve(row, error)
        }
        // It, or what it goes into, has been moved meanwhile: that is tried next.
        if changes[change.id]?.generation != row.generation { return state.update { $0.queue.stop(change.id) } }
        if error.code == .conflict { return adopt(row, error) }
        // The directory it goes into is gone at the store: no other try can help.
        settlement.refuse(change, error, isFinal: true)
        state.update { $0.queue.park(change.id, error) }
    }

    /// Somebody else made the same directory first: what goes into ours goes into theirs.
    private func adopt(_ row: ChangeTable.Row, _ error: StoreError) {
        let cancellation = Cancellation(deadline: .after(limit))
        do throws(StoreError) {
            guard let node = try directory(like: row.change, until: cancellation) else { return resolve(row, error) }
            let isOver: Bool
            do throws(VFSError) {
                isOver = try settlement.settle(row.change, row.generation, node)
            } catch {
                throw StoreError(unkept: error)
            }
            state.update { isOver ? $0.queue.finish(row.change.id, failure: error) : $0.queue.stop(row.change.id) }
        } catch {
            settlement.refuse(row.change, error, isFinal: false)
            state.update { $0.queue.postpone(row.change.id, error, now: time.now()) }
        }
    }

    private func directory(like change: Change, until cancellation: Cancellation) throws(StoreError) -> Node? {
        let name = Array(TreeName.unescaped(change.name).utf8)
        var cursor: Cursor?
        repeat {
            let page = try store.children(of: change.parent, after: cursor, until: cancellation)
            if let node = page.nodes.first(where: { $0.kind == .directory && Array($0.name.utf8) == name }) {
                return node
            }
            cursor = page.next == cursor ? nil : page.next
        } while cursor != nil
        return nil
    }

    private func resolve(_ row: ChangeTable.Row, _ error: StoreError) {
        let id = row.change.id
        do throws(VFSError) {
            let successor = try settlement.resolve(row.change, row.generation, error)
            // Made anew under its own number: who waits for it waits on.
            guard successor?.id != id else { return state.update { $0.queue.stop(id) } }
            if let successor {
                enqueue(successor)
                // What waited for this one waits for its successor, before this one is over.
                for row in changes.all where row.change.predecessor == successor.id { enqueue(row.change) }
            }
            state.update { $0.queue.finish(id, failure: error) }
        } catch {
            let cause = StoreError(unkept: error)
            settlement.refuse(row.change, cause, isFinal: false)
            state.update { $0.queue.postpone(id, cause, now: time.now()) }
        }
    }
}

extension Change {
    fileprivate var creationKind: Creation.Kind {
        switch kind {
        case .file: .file
        case .directory: .directory
        case .link(let target): .link(target: target)
        }
    }
}

/// A store's memory of one upload, kept in the journal.
struct JournalLedger: UploadLedger {
    let change: Change
    let publisher: Publisher

    var lastNote: String? { (publisher.changes[change.id]?.change ?? change).upload?.note }

    func note(_ text: String) throws(StoreError) {
        do throws(JournalError) {
            try publisher.changes.note(Change.note(text, of: change.content), of: change.id)
        } catch {
            throw StoreError(error)
        }
    }

    func progress(_ bytes: UInt64) {
        publisher.state.update { $0.queue.note(bytes, of: change.id, now: publisher.time.now()) }
    }
}
