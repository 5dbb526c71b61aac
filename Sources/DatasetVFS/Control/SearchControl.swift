internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// `search/`: each name in it is a search, and a directory of links to what it finds.
struct SearchControl: ControlDirectory {
    let system: VirtualFileSystem

    func child(named name: String, _ context: CallContext) throws(VFSError) -> ControlNode? {
        // Shells and desktops look for hidden names everywhere; nobody searches for those.
        guard system.store.powers.search != nil, !name.hasPrefix(".") else { return nil }
        return .directory(FindingsControl(system: system, words: TreeName.unescaped(name)))
    }

    func names(_ context: CallContext) throws(VFSError) -> [(name: String, kind: FileKind)] {
        system.searches.words(at: system.time.now()).map { (TreeName.escaped($0), .directory) }
    }
}

/// `search/WORDS/`: what the store finds, best first, as links.
struct FindingsControl: ControlDirectory {
    let system: VirtualFileSystem
    let words: String

    func child(named name: String, _ context: CallContext) throws(VFSError) -> ControlNode? {
        let found = try findings(context)
        guard let index = found.names.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else { return nil }
        let node = found.nodes[index]
        if let place = system.knownPlace(of: node) { return .link(target: "../../.." + place) }
        guard let id = node.attributes.id else { return nil }
        return .link(target: "../../by-id/\(TreeName.escaped(id))")
    }

    func names(_ context: CallContext) throws(VFSError) -> [(name: String, kind: FileKind)] {
        try findings(context).names.map { ($0, .symbolicLink) }
    }

    private func findings(_ context: CallContext) throws(VFSError) -> SearchMemory.Findings {
        if let known = system.searches.findings(words, at: system.time.now()) { return known }
        let outcome = system.searches.flights.run(words, until: context.cancellation) { own throws(StoreError) in
            var nodes: [Node] = []
            var seen: Set<Location> = []
            var cursor: Cursor?
            guard let store = system.store.powers.search else { return SearchMemory.Findings(nodes: [], names: []) }
            repeat {
                let page = try store.search(SearchQuery(text: words), after: cursor, until: own)
                for hit in page.hits {
                    let node = system.collections.shown(hit.node)
                    if seen.insert(node.location).inserted { nodes.append(node) }
                }
                cursor = page.next
            } while cursor != nil && nodes.count < SearchMemory.limit
            let found = SearchMemory.Findings(nodes: nodes, names: TreeName.unique(nodes))
            system.searches.keep(found, for: words, at: system.time.now())
            return found
        }
        guard let outcome else {
            throw VFSError(StoreError(context.cancellation.reason ?? .interrupted, during: "searching"))
        }
        do throws(StoreError) {
            return try outcome.get()
        } catch {
            throw VFSError(error)
        }
    }
}

/// What searches found, believed for a minute.
final class SearchMemory: Sendable {
    struct Findings: Sendable {
        var nodes: [Node]
        /// Each once, in the order of the nodes.
        var names: [String]
    }

    static let lifetime: Duration = .seconds(60)
    /// Findings shown of one search.
    static let limit = 1000
    private static let capacity = 64

    let flights = SingleFlight<String, Findings, StoreError>()
    private let entries = Mutex<[String: (found: Findings, at: MonotonicTime)]>([:])

    func findings(_ words: String, at now: MonotonicTime) -> Findings? {
        entries.withLock { entries in
            guard let entry = entries[words], now - entry.at < Self.lifetime else { return nil }
            return entry.found
        }
    }

    func keep(_ found: Findings, for words: String, at now: MonotonicTime) {
        entries.withLock { entries in
            entries = entries.filter { now - $0.value.at < Self.lifetime }
            if entries.count >= Self.capacity { entries.removeAll() }
            entries[words] = (found, now)
        }
    }

    /// Searches of the last minute.
    func words(at now: MonotonicTime) -> [String] {
        entries.withLock { $0.filter { now - $0.value.at < Self.lifetime }.keys.sorted() }
    }
}
