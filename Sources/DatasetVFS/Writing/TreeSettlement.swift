internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// Takes over into the tree what became of a change at the store.
final class TreeSettlement: Settlement {
    private let catalog: Catalog
    private let changes: ChangeTable
    private let files: OpenFiles
    /// Of this machine, as it stands in the names of conflict copies.
    private let host: String
    private let report: @Sendable (StoreError, Change) -> Void

    init(
        catalog: Catalog,
        changes: ChangeTable,
        files: OpenFiles,
        host: String,
        report: @escaping @Sendable (StoreError, Change) -> Void
    ) {
        self.catalog = catalog
        self.changes = changes
        self.files = files
        self.host = host
        self.report = report
    }

    func settle(_ change: Change, _ generation: Int, _ node: Node?) throws(VFSError) -> Bool {
        // No listing is taken over in between: it would find the change neither in the table nor among its own names.
        try catalog.merging.withLock { _ throws(VFSError) in
            let rest = try conclude(change, generation, node)
            if let node {
                try take(node, for: change, rest)
            } else {
                try catalog.local { () throws(CacheError) in
                    for fact in try catalog.facts.facts(at: change.location) { try catalog.facts.remove(fact.inode) }
                }
            }
            return rest == nil
        }
    }

    /// - Returns: What of the change is still to be done, because it was altered meanwhile.
    private func conclude(_ change: Change, _ generation: Int, _ node: Node?) throws(VFSError) -> Change? {
        try changes.transact { transaction throws(VFSError) in
            guard let row = transaction.row(change.id) else { return nil }
            guard let node else {
                transaction.drop(change.id)
                transaction.edit(.attributes(nil, of: change.location))
                transaction.note(.gone(change.location, parent: change.parent))
                return nil
            }
            transaction.note(.stands(node, parent: row.change.parent))
            if change.location != node.location {
                transaction.edit(.moveAttributes(from: change.location, to: node.location))
                if node.kind == .directory { transaction.publish(change.location, at: node.location) }
            }
            // A time that a program set holds for the content it was set for, whatever time the store gives that.
            let journal = changes.journal
            let known = try ChangeTable.local { () throws(JournalError) in
                try journal.localAttributes(of: change.location)
            }
            if var known, known.modified != nil, known.version == nil {
                known.version = node.version
                transaction.edit(.attributes(known, of: node.location))
            }
            // In this very step: whoever keeps the file next changes the version that is there now.
            for file in files.all where file.place.location == change.location {
                file.follow(node.location, node.version)
            }
            let rest = row.change.after(change, node)
            if let rest { transaction.put(rest) } else { transaction.drop(change.id) }
            return rest
        }
    }

    private func take(_ node: Node, for change: Change, _ rest: Change?) throws(VFSError) {
        let wall = catalog.time.wallNanoseconds()
        var node = node
        // The time that its writer saw stays with this version, whatever time the store gives it, unless listings are to be
        // compared with that.
        if change.content != nil, catalog.store.traits.listsVersions { node.modified = change.modified }
        let shown = rest?.node(over: node) ?? node
        let facts = try catalog.local { () throws(CacheError) -> [Fact] in
            var updated: [Fact] = []
            for fact in try catalog.facts.facts(at: change.location) {
                let store = catalog.facts
                if fact.location != node.location {
                    try store.move(
                        fact.inode,
                        to: fact.parent,
                        named: fact.name,
                        location: node.location,
                        keepsChildren: true
                    )
                }
                if let now = try store.update(fact.inode, from: shown, at: wall) { updated.append(now.fact) }
            }
            return updated
        }
        for fact in facts {
            catalog.openVersions.follow(fact)
        }
    }

    func resolve(_ change: Change, _ generation: Int, _ error: StoreError) throws(VFSError) -> Change? {
        report(error, change)
        if change.isRemoval || change.content == nil {
            try changes.transact { transaction throws(VFSError) in transaction.drop(change.id) }
            catalog.renewListing(at: change.parent)
            return nil
        }
        return error.code == .notFound ? try makeAnew(change) : try keepBeside(change)
    }

    /// Somebody removed the file: what was written here makes a new one of the same name.
    private func makeAnew(_ change: Change) throws(VFSError) -> Change? {
        try catalog.merging.withLock { _ throws(VFSError) in
            let anew = try changes.transact { transaction throws(VFSError) -> Change? in
                guard var anew = transaction.row(change.id)?.change else { return nil }
                anew.location = .pending(anew.id)
                anew.version = nil
                anew.note = nil
                transaction.put(anew)
                transaction.edit(.moveAttributes(from: change.location, to: anew.location))
                return anew
            }
            if let anew { try move(change.location, to: anew) }
            return anew
        }
    }

    /// Somebody else changed the file: theirs stays, ours stands beside it.
    private func keepBeside(_ change: Change) throws(VFSError) -> Change? {
        let id = try changes.newID()
        let copy = try catalog.merging.withLock { _ throws(VFSError) in try keepBeside(change, as: id) }
        if copy != nil { catalog.renewListing(at: change.parent) }
        return copy
    }

    private func keepBeside(_ change: Change, as id: ChangeID) throws(VFSError) -> Change? {
        let copy = try changes.transact { transaction throws(VFSError) -> Change? in
            guard let ours = transaction.row(change.id)?.change else { return nil }
            let name = ConflictName.of(
                ours.name,
                host: host,
                at: Timestamp(nanoseconds: catalog.time.wallNanoseconds())
            )
            var copy = Change(
                id: id,
                kind: .file,
                location: .pending(id),
                version: nil,
                parent: ours.parent,
                name: name
            )
            copy.content = ours.content
            copy.size = ours.size
            copy.modified = ours.modified
            copy.description = ours.description
            copy.tags = ours.tags
            transaction.put(copy)
            transaction.drop(ours.id)
            for var waiting in changes.all.map(\.change) where waiting.predecessor == ours.id {
                waiting.predecessor = id
                transaction.put(waiting)
            }
            return copy
        }
        guard let copy else { return nil }
        try move(change.location, to: copy)
        return copy
    }

    /// The number that programs have open goes with their bytes; the old name is looked for anew.
    private func move(_ old: Location, to change: Change) throws(VFSError) {
        let wall = catalog.time.wallNanoseconds()
        for fact in try catalog.local({ () throws(CacheError) in try catalog.facts.facts(at: old) }) {
            try catalog.local { () throws(CacheError) in
                try catalog.facts.move(fact.inode, to: fact.parent, named: change.name, location: change.location)
                if let now = try catalog.facts.update(fact.inode, from: change.node(), at: wall) {
                    catalog.openVersions.follow(now.fact)
                }
            }
            files[fact.inode]?.move(
                OpenFile.Place(location: change.location, version: nil, parent: change.parent, name: change.name)
            )
            let parent = Inode(fact.parent)
            catalog.invalidator.post([.name(fact.name, parent: parent), .name(change.name, parent: parent)])
        }
    }

    func refuse(_ change: Change, _ error: StoreError, isFinal: Bool) {
        report(error, change)
        guard isFinal else { return }
        // Not being able to write the reason down loses nothing: the next mount tries again and hears it anew.
        try? changes.transact { transaction throws(VFSError) in
            guard var row = transaction.row(change.id)?.change else { return }
            row.failure = Change.Failure(error, isFinal: true, at: catalog.time.wallNanoseconds())
            transaction.put(row)
        }
    }

    func keep(_ content: SealedContent, over origin: Origin) {
        catalog.contents.replaced.note(content, over: origin)
    }

    func base(of content: SealedContent, until cancellation: Cancellation) throws(StoreError) -> any DraftBase {
        guard let origin = content.origin else {
            throw StoreError(.corrupt, "bytes of a file are missing and nobody knows what it was made from")
        }
        if let local = catalog.contents.replaced[origin] { return ReplacedBase(content: local, origin: origin) }
        let node: Node?
        do throws(StoreError) {
            node = try catalog.store.node(at: origin.location, until: cancellation)
        } catch {
            // What is here of it still reads; for what is not the store is asked in vain.
            let known = error.code.isConnectivity ? catalog.contents.known(origin) : nil
            guard known != nil || error.code == .notFound else { throw error }
            node = known
        }
        guard let node, node.version == origin.version, let size = node.size else {
            throw StoreError(
                .corrupt,
                "the version of “\(node?.name ?? origin.location.rawValue)” that was changed here is gone at the store",
                remedy: "“datasetfs export” saves what was written; “datasetfs discard” gives it up."
            )
        }
        return ContentBase(
            content: catalog.contents.acquire(node, size: size, version: origin.version),
            table: catalog.contents
        )
    }
}

extension Change {
    /// What is still to be done once `published` is at the store as `node`; nil when that is all.
    fileprivate func after(_ published: Change, _ node: Node) -> Change? {
        var rest = self
        rest.location = node.location
        rest.version = node.version
        rest.note = nil
        rest.failure = nil
        rest.tries = 0
        if rest.content == published.content { rest.content = nil }
        if rest.description == published.description { rest.description = nil }
        if rest.tags == published.tags { rest.tags = nil }
        let isOver = !rest.isRemoval && rest.content == nil && rest.description == nil && rest.tags == nil
        return isOver ? nil : rest
    }
}

/// Where what was written here stands when somebody else was first: `name.conflict-<host>-<time>.ext`.
enum ConflictName {
    static func of(_ name: String, host: String, at time: Timestamp) -> String {
        let (stem, ext) = TreeName.split(name)
        let moment = time.rfc3339.filter { $0.isNumber || $0 == "T" }
        let suffix = ".conflict-\(host)-\(moment)\(ext)"
        return TreeName.shortened(stem, key: name, limit: TreeName.limit - suffix.utf8.count) + suffix
    }
}
