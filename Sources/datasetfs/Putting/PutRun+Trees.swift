internal import DatasetModel
internal import DatasetSync
internal import DatasetVFS

extension PutRun {
    /// A directory of the source and what is known of it at the store.
    private struct Place {
        var node: Node?
        /// By their names in the tree.
        var children: [ExactPath: Node] = [:]
    }

    /// Sends a file, or a directory with everything in it.
    ///
    /// - Parameter items: As ``LocalTree`` found them.
    func send(_ items: [LocalItem], to target: NewPlace) throws(StoreError) {
        guard let top = items.first else { return }
        let parent = try listed(target.parent)
        guard top.kind == .directory else {
            var creation = wishes.creation(Self.kind(top.kind), named: target.name, in: target.parent.location, at: [])
            let name = top.location.split(separator: "/").last.map(String.init) ?? target.name
            if name != target.name { creation.filePath = name }
            let existing =
                parent.children[ExactPath(Self.shown(creation))]
                ?? parent.children[ExactPath(TreeName.escaped(target.name))]
            progress.expect(files: 1, bytes: top.size)
            return work([Job(item: top, creation: creation, existing: existing)])
        }
        var places: [ExactPath: Place] = [:]
        var jobs: [Job] = []
        for item in items {
            if fatal != nil { return }
            let above = item.path.isEmpty ? parent : places[ExactPath(item.path.dropLast().joined(separator: "/"))]
            let name = item.path.last ?? TreeName.escaped(target.name)
            // A directory that could not be made takes everything in it along.
            guard let above else { continue }
            let location = above.node?.location ?? .root
            let stored = item.path.isEmpty ? target.name : TreeName.unescaped(name)
            let creation = wishes.creation(Self.kind(item.kind), named: stored, in: location, at: item.path)
            switch item.kind {
            case .leftOut(let reason): leaveOut(item, reason)
            case .directory:
                do throws(StoreError) {
                    places[ExactPath(item.relativePath)] = try makeDirectory(
                        item,
                        creation,
                        above.children[ExactPath(name)]
                    )
                } catch {
                    failed(item, "directory", error)
                }
            case .file, .link:
                jobs.append(Job(item: item, creation: creation, existing: above.children[ExactPath(name)]))
            }
        }
        progress.expect(files: jobs.count, bytes: jobs.reduce(0) { $0 + $1.item.size })
        work(jobs)
    }

    private func leaveOut(_ item: LocalItem, _ reason: LocalItem.Reason) {
        switch reason {
        case .ignored(let pattern):
            note(PutRow(path: item.relativePath, action: .leftOut, reason: pattern))
        case .impossible(let why):
            note(PutRow(path: item.relativePath, action: .failed, reason: "it cannot be sent: \(why)"))
        }
    }

    private func makeDirectory(_ item: LocalItem, _ wanted: Creation, _ listed: Node?) throws(StoreError) -> Place {
        var creation = wanted
        // The platform keeps no tags of a dataset.
        if creation.parent == .root, (try? session.store.check(creation)) == nil { creation.tags = [] }
        let path = item.relativePath
        var row = PutRow(path: path, form: try form(creation, nil), action: .create)
        row.description = creation.description
        let known = if let listed { listed } else { try made(path) }
        if let existing = known {
            guard existing.kind == .directory else {
                throw StoreError(.conflict, "a file stands there", remedy: "Remove it, or choose another name.")
            }
            // The platform changes nothing of a dataset.
            row.action = creation.parent == .root ? .unchanged : try describeKnown(existing, creation)
            row.id = existing.attributes.id
            note(row)
            return try self.listed(existing)
        }
        guard !isDry else {
            note(row)
            return Place(node: .imagined(creation.name))
        }
        let node = try session.store.create(
            creation,
            content: nil,
            ledger: PutUpload(path, ledger, progress),
            until: session.until
        )
        try ledger.set(PutLedger.Done(location: node.location.rawValue), for: path)
        row.id = node.attributes.id
        note(row)
        return Place(node: node)
    }

    /// What an earlier run made there, which a listing may not show yet.
    private func made(_ path: String) throws(StoreError) -> Node? {
        guard let done = ledger.done(path) else { return nil }
        do throws(StoreError) {
            return try session.store.node(at: Location(done.location), until: session.until)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private func listed(_ directory: Node) throws(StoreError) -> Place {
        if directory.isImagined { return Place(node: directory) }
        let nodes = try session.children(of: directory.location)
        let names = TreeName.unique(nodes)
        return Place(
            node: directory,
            children: Dictionary(
                zip(names.map(ExactPath.init), nodes),
                uniquingKeysWith: { first, _ in first }
            )
        )
    }

    private static func kind(_ kind: LocalItem.Kind) -> Creation.Kind {
        switch kind {
        case .file, .leftOut: .file
        case .directory: .directory
        case .link(let target): .link(target: target)
        }
    }

    /// The name under which a tree would show it.
    private static func shown(_ creation: Creation) -> String {
        let name = creation.name
        guard let path = creation.filePath, TreeName.split(name).ext.isEmpty else { return TreeName.escaped(name) }
        return TreeName.escaped(name + TreeName.split(path).ext)
    }
}

extension Node {
    private static let nowhere = Location("//new")

    /// A directory that a dry run does not make: nothing is in it, and the store is never asked about it.
    static func imagined(_ name: String) -> Node { Node(location: nowhere, name: name, kind: .directory) }

    var isImagined: Bool { location == Self.nowhere }
}

extension LocalItem {
    /// Bytes of a file.
    var size: UInt64 {
        if case .file(let stamp) = kind { stamp.size } else { 0 }
    }
}
