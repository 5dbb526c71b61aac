import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization

/// A platform in memory: things with ids, names that may repeat, listings that may tell little, things no listing shows.
///
/// The location of a thing is its id; the top is the empty one.
final class TreeStore: Store {
    struct Options {
        var listsEverything = true
        /// Listings tell sizes and versions.
        var tellsContent = true
        /// Reads of a version that was replaced still succeed.
        var keepsOldVersions = true
        var pageSize = 1000
        /// It has a rename of its own; what is renamed keeps its id.
        var renames = false
    }

    struct Thing {
        var id: String
        var parent: String
        var name: String
        var kind: NodeKind
        var versions: [ReferenceContent]
        var created: Int64
        var modified: Int64
        var isListed = true
        var attributes = Attributes()
        var isInline = false
        /// The note of the upload that each version comes from.
        var makers: [Int: String] = [:]
    }

    struct State {
        var things: [String: Thing] = [:]
        var order: [String] = []
        var next = 1
        var clock: Int64 = 1_700_000_000_000_000_000

        mutating func tick() -> Int64 {
            clock += 1_000_000_000
            return clock
        }
    }

    let traits: StoreTraits
    let options: Options
    let state = Mutex(State())

    init(_ options: Options = Options()) {
        self.options = options
        var traits = StoreTraits(
            identity: "tree:\(UInt64.random(in: .min ... .max))",
            displayName: "tree:",
            listsEverything: options.listsEverything,
            readsRanges: true,
            describesNodes: true
        )
        traits.isWritable = true
        traits.renaming = options.renames ? .anywhere : .never
        traits.listsVersions = options.tellsContent
        self.traits = traits
    }

    // MARK: - What the platform's users do

    @discardableResult
    func add(
        _ name: String,
        _ content: ReferenceContent = .bytes([]),
        in parent: String = "",
        kind: NodeKind = .file,
        isListed: Bool = true,
        isInline: Bool = false,
        created: Int64? = nil,
        _ describe: (inout Attributes) -> Void = { _ in }
    ) -> String {
        state.withLock { state in
            let id = "id-\(state.next)"
            state.next += 1
            let now = state.tick()
            var thing = Thing(
                id: id,
                parent: parent,
                name: name,
                kind: kind,
                versions: [content],
                created: created ?? now,
                modified: now,
                isListed: isListed,
                isInline: isInline
            )
            thing.attributes.id = id
            describe(&thing.attributes)
            state.things[id] = thing
            state.order.append(id)
            return id
        }
    }

    @discardableResult
    func directory(_ name: String, in parent: String = "", isListed: Bool = true) -> String {
        add(name, in: parent, kind: .directory, isListed: isListed)
    }

    /// Publishes a new version.
    func write(_ id: String, _ content: ReferenceContent) {
        change(id) { thing, now in
            thing.versions.append(content)
            thing.modified = now
        }
    }

    func rename(_ id: String, to name: String) { change(id) { thing, _ in thing.name = name } }

    func list(_ id: String, _ isListed: Bool = true) { change(id) { thing, _ in thing.isListed = isListed } }

    func describe(_ id: String, _ body: (inout Attributes) -> Void) {
        change(id) { thing, _ in body(&thing.attributes) }
    }

    /// What was one kind of thing is another, under the same id.
    func become(_ id: String, _ kind: NodeKind) { change(id) { thing, _ in thing.kind = kind } }

    func remove(_ id: String) {
        state.withLock { state in
            var doomed = [id]
            while let next = doomed.popLast() {
                doomed += state.things.values.filter { $0.parent == next }.map(\.id)
                state.things[next] = nil
                state.order.removeAll { $0 == next }
            }
        }
    }

    private func change(_ id: String, _ body: (inout Thing, Int64) -> Void) {
        state.withLock { state in
            let now = state.tick()
            guard var thing = state.things[id] else { return }
            body(&thing, now)
            state.things[id] = thing
        }
    }

    // MARK: - Store

    func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        if location == .root { return Node(location: .root, name: "", kind: .directory) }
        guard let thing = state.withLock({ $0.things[location.rawValue] }) else { throw missing(location.rawValue) }
        return node(of: thing, isWhole: true)
    }

    func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        let start = cursor.flatMap { Int($0.rawValue) } ?? 0
        let listed = try state.withLock { state throws(StoreError) in
            guard location == .root || state.things[location.rawValue] != nil else {
                throw missing(location.rawValue)
            }
            return state.order.compactMap { state.things[$0] }.filter { $0.parent == location.rawValue && $0.isListed }
        }
        let page = listed.dropFirst(start).prefix(options.pageSize)
        return Page(
            nodes: page.map { node(of: $0, isWhole: options.tellsContent) },
            next: start + page.count < listed.count ? Cursor(String(start + page.count)) : nil
        )
    }

    func child(named name: String, of location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        let found = state.withLock { state in
            state.order.compactMap { state.things[$0] }
                .first { $0.parent == location.rawValue && ($0.id == name || $0.name == name) }
        }
        guard let found else { throw missing(name) }
        return node(of: found, isWhole: true)
    }

    func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
    {
        guard let thing = state.withLock({ $0.things[node.location.rawValue] }) else {
            throw missing(node.location.rawValue)
        }
        guard let number = node.version.flatMap({ Int($0.rawValue) }), number <= thing.versions.count,
            options.keepsOldVersions || number == thing.versions.count
        else { throw StoreError(.versionGone, "“\(node.name)” has changed") }
        var offset = range.offset
        while offset < range.end {
            if let reason = cancellation.reason { throw StoreError(reason, during: "reading “\(node.name)”") }
            let part = thing.versions[number - 1].bytes(
                in: ByteRange(offset: offset, count: min(100_000, range.end - offset))
            )
            guard !part.isEmpty, unsafe part.withUnsafeBytes({ unsafe sink.receive($0) }) else { return }
            offset += UInt64(part.count)
        }
    }

    func node(of thing: Thing, isWhole: Bool) -> Node {
        var node = Node(location: Location(thing.id), name: thing.name, kind: thing.kind)
        node.created = Timestamp(nanoseconds: thing.created)
        node.modified = Timestamp(nanoseconds: thing.modified)
        node.attributes = thing.attributes
        guard thing.kind == .file, let content = thing.versions.last, isWhole else { return node }
        node.size = content.size
        node.version = Version(String(thing.versions.count))
        if thing.isInline { node.inlineContent = content.allBytes }
        return node
    }

    func missing(_ what: String) -> StoreError {
        StoreError(.notFound, "tree: has nothing at “\(what)”", httpStatus: 404, requestID: "request-1")
    }
}
