import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization

/// Writing as a platform does it: names may stand twice, an upload is recognised by its note, a removal takes all below along.
extension TreeStore {
    func check(_ creation: Creation) throws(StoreError) {
        guard !creation.name.contains("\u{1}") else {
            throw StoreError(.invalid, "tree: takes no control characters in names")
        }
    }

    func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try check(creation)
        if let done = made(by: ledger.lastNote) { return done }
        let note = try note(ledger)
        let bytes = try content.map { content throws(StoreError) in try taken(content, ledger, cancellation) } ?? []
        let kind: NodeKind =
            switch creation.kind {
            case .file: .file
            case .directory: .directory
            case .link(let target): .link(target: target)
            }
        return try state.withLock { state throws(StoreError) in
            let parent = creation.parent.rawValue
            guard parent.isEmpty || state.things[parent]?.kind == .directory else { throw missing(parent) }
            let id = "id-\(state.next)"
            state.next += 1
            let now = state.tick()
            var thing = Thing(
                id: id,
                parent: parent,
                name: creation.name,
                kind: kind,
                versions: [.bytes(bytes)],
                created: now,
                modified: now
            )
            thing.attributes.id = id
            thing.attributes.description = creation.description
            thing.attributes.tags = creation.tags
            thing.makers[1] = note
            state.things[id] = thing
            state.order.append(id)
            return node(of: thing, isWhole: true)
        }
    }

    func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        if let done = made(by: ledger.lastNote) { return done }
        try require(version, of: location)
        let note = try note(ledger)
        let bytes = try taken(content, ledger, cancellation)
        try require(version, of: location)
        return try state.withLock { state throws(StoreError) in
            guard var thing = state.things[location.rawValue] else { throw missing(location.rawValue) }
            thing.versions.append(.bytes(bytes))
            thing.makers[thing.versions.count] = note
            thing.modified = state.tick()
            state.things[thing.id] = thing
            return node(of: thing, isWhole: true)
        }
    }

    func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        guard let thing = thing(location) else { return }
        if thing.kind == .file, let version { try require(version, of: location) }
        remove(location.rawValue)
    }

    func rename(_ location: Location, to name: String, in parent: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try state.withLock { state throws(StoreError) in
            guard var thing = state.things[location.rawValue] else { throw missing(location.rawValue) }
            thing.name = name
            thing.parent = parent.rawValue
            thing.modified = state.tick()
            state.things[thing.id] = thing
            return node(of: thing, isWhole: true)
        }
    }

    func setAttributes(_ change: AttributeChange, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try state.withLock { state throws(StoreError) in
            guard var thing = state.things[location.rawValue] else { throw missing(location.rawValue) }
            if let text = change.description { thing.attributes.description = text.isEmpty ? nil : text }
            if let tags = change.tags { thing.attributes.tags = tags }
            state.things[thing.id] = thing
            return node(of: thing, isWhole: true)
        }
    }

    func outcome(of note: String, at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node? {
        made(by: note).flatMap { $0.location == location ? $0 : nil }
    }

    func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {
        let doomed = state.withLock { $0.things.values.first { $0.makers[1] == note && $0.versions.count == 1 }?.id }
        if let doomed { remove(doomed) }
    }

    /// The id of the first thing of that name.
    func id(of name: String, in parent: String = "") -> String? {
        state.withLock { state in
            state.order.first { state.things[$0]?.name == name && state.things[$0]?.parent == parent }
        }
    }

    /// How many versions it has had.
    func versions(of id: String) -> Int { state.withLock { $0.things[id]?.versions.count ?? 0 } }

    private func thing(_ location: Location) -> Thing? { state.withLock { $0.things[location.rawValue] } }

    private func made(by note: String?) -> Node? {
        guard let note else { return nil }
        let thing = state.withLock { $0.things.values.first { $0.makers[$0.versions.count] == note } }
        return thing.map { node(of: $0, isWhole: true) }
    }

    private func require(_ version: Version, of location: Location) throws(StoreError) {
        guard let thing = thing(location) else { throw missing(location.rawValue) }
        guard version.rawValue == String(thing.versions.count) else {
            throw StoreError(.conflict, "“\(thing.name)” was changed by somebody else", httpStatus: 409)
        }
    }

    private func note(_ ledger: any UploadLedger) throws(StoreError) -> String {
        if let note = ledger.lastNote { return note }
        let note = state.withLock { state in
            state.next += 1
            return "upload-\(state.next)"
        }
        try ledger.note(note)
        return note
    }

    private func taken(_ content: any StagedContent, _ ledger: any UploadLedger, _ cancellation: Cancellation)
        throws(StoreError) -> [UInt8]
    {
        var bytes = [UInt8](repeating: 0, count: Int(content.size))
        let outcome: Result<Void, StoreError> = unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(StoreError) {
                return .success(try unsafe content.read(at: 0, into: buffer))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
        if let reason = cancellation.reason { throw StoreError(reason, during: "uploading") }
        ledger.progress(content.size)
        return bytes
    }
}
