internal import DatasetJournal
internal import DatasetModel
internal import Synchronization

/// The store's answers as they will be once all changes are published.
extension ChangeTable {
    /// A question to the store begins; its answer is laid over with what is published from now on.
    func begin() -> ListingHistory.Mark { state.withLock { $0.history.begin() } }

    func end(_ mark: ListingHistory.Mark) { state.withLock { $0.history.end(mark) } }

    /// A directory's children.
    ///
    /// - Parameter isKnown: The tree shows something from that location already. An unknown one that bears the name of a file
    ///   under way to the store is most likely that very file, and comes with the next listing.
    func laidOver(
        _ nodes: [Node],
        of directory: Location,
        since mark: ListingHistory.Mark,
        isKnown: (Location) -> Bool
    ) -> [Node] {
        let (changes, published) = state.withLock { state in
            let changes = state.byParent[directory]?.compactMap { state.rows[$0]?.change } ?? []
            return (changes.sorted { $0.id < $1.id }, state.history.changes(in: directory, since: mark))
        }
        guard !changes.isEmpty || !published.isEmpty else { return nodes }
        var remaining = published
        var result: [Node] = []
        // What is on its way to the store, or half done there and about to be taken back.
        let underWay = Set(
            changes.filter { $0.location.pendingID != nil }.map { Array(TreeName.unescaped($0.name).utf8) }
        )
        let byLocation = Dictionary(changes.map { ($0.location, $0) }) { first, _ in first }
        func add(_ node: Node) {
            guard let change = byLocation[node.location] else { return result.append(node) }
            if !change.isRemoval { result.append(change.node(over: node)) }
        }
        for node in nodes {
            if let now = remaining.removeValue(forKey: node.location) {
                if let now { add(now) }
            } else if !underWay.contains(Array(node.name.utf8)) || isKnown(node.location) {
                add(node)
            }
        }
        for case let node? in remaining.values { add(node) }
        return result + changes.filter(\.isCreation).map { $0.node() }
    }

    /// One node that the store told; nil when it is to be removed, or was.
    ///
    /// - Parameter node: Nil where the store has nothing of that location.
    func laidOver(_ node: Node?, at location: Location, since mark: ListingHistory.Mark) -> Node? {
        let (change, published) = state.withLock { state in
            let change = state.byLocation[location].flatMap { state.rows[$0]?.change }
            return (change, state.history.change(at: location, since: mark))
        }
        guard let now = published ?? node else { return nil }
        guard let change else { return now }
        return change.isRemoval ? nil : change.node(over: now)
    }
}
