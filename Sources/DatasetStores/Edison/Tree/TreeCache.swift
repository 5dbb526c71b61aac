internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// The trees of the datasets looked at last, so that one answer of the platform serves all directories in it.
    final class TreeCache: Sendable {
        /// A tree and when it was asked for.
        struct Snapshot: Sendable {
            var tree: Tree
            /// The last of this process's own changes that the tree shows.
            var edit: UInt64
            /// Until then it serves subdirectories: five seconds, or longer where asking itself takes that long.
            let freshUntil: MonotonicTime
        }

        /// Entries kept in all trees together; the largest tree alone may have more.
        static let capacity = 250_000

        private struct State {
            var snapshots = Recent<String, Snapshot>(capacity: TreeCache.capacity)
            /// Which dataset an entry lies in, as far as trees and entries have told.
            var homes = Recent<String, String>(capacity: 16_384)
            /// Changes made here that an answer asked for before does not show, by dataset.
            var edits: [String: [Edit]] = [:]
            var lastEdit: UInt64 = 0
            /// Datasets being asked for.
            var asking: Set<String> = []
        }

        /// A change made by this process: the entry as it is now, or nil for one that was removed.
        private struct Edit {
            var number: UInt64
            var id: String
            var record: EntryRecord?
        }

        private let client: Client
        private let time: any TimeSource
        private let state = Mutex(State())
        private let flight = SingleFlight<String, Snapshot, StoreError>()

        init(client: Client, time: any TimeSource) {
            self.client = client
            self.time = time
        }

        /// The dataset's tree as the platform has it now.
        @available(*, noasync, message: "this waits for the network")
        func current(_ dataset: String, until cancellation: Cancellation) throws(StoreError) -> Tree {
            let title = "listing dataset \(dataset)"
            let snapshot = try flight.shared(dataset, until: cancellation, during: title) { own throws(StoreError) in
                let asked = time.now()
                let edit = state.withLock { state in
                    state.asking.insert(dataset)
                    return state.lastEdit
                }
                defer { state.withLock { _ = $0.asking.remove(dataset) } }
                let answer: DatasetAnswer
                do throws(StoreError) {
                    answer = try client.dataset(dataset, until: own)
                } catch {
                    if error.code == .notFound { forget(dataset) }
                    throw error
                }
                let tree = Tree(dataset: answer.dataset, records: answer.records, damaged: answer.damaged)
                let now = time.now()
                let snapshot = Snapshot(
                    tree: tree,
                    edit: edit,
                    freshUntil: now + max(.seconds(5), (now - asked) * 4)
                )
                state.withLock { state in
                    state.snapshots.set(snapshot, for: dataset, cost: max(tree.records.count, 1))
                    state.edits[dataset]?.removeAll { $0.number <= edit }
                }
                return snapshot
            }
            return edited(dataset) ?? snapshot.tree
        }

        /// A tree that was asked for a moment ago, else the current one.
        @available(*, noasync, message: "this may wait for the network")
        func recent(_ dataset: String, until cancellation: Cancellation) throws(StoreError) -> Tree {
            let now = time.now()
            if let known = state.withLock({ $0.snapshots.value(dataset) }), now < known.freshUntil {
                return edited(dataset) ?? known.tree
            }
            return try current(dataset, until: cancellation)
        }

        /// The tree that an earlier page came from, however old, else the current one.
        @available(*, noasync, message: "this may wait for the network")
        func continued(_ dataset: String, until cancellation: Cancellation) throws(StoreError) -> Tree {
            if let known = edited(dataset) { return known }
            return try current(dataset, until: cancellation)
        }

        /// What is to be said of the dataset's listing as it was last asked for.
        func note(on dataset: String) -> String? {
            state.withLock { $0.snapshots.peek(dataset) }.flatMap { Tree.note(leftOut: $0.tree.damaged) }
        }

        /// Entries in a known tree name this one as their parent.
        func knowsChildren(of entry: EntryRecord) -> Bool {
            guard let dataset = entry.datasetID, let tree = edited(dataset),
                let index = tree.index(of: entry.id)
            else { return false }
            return tree.hasChildren(index)
        }

        /// The dataset an entry lies in, where that is known without asking.
        func home(of entry: String) -> String? { state.withLock { $0.homes.value(entry) } }

        func setHome(of entry: String, to dataset: String) {
            state.withLock { $0.homes.set(dataset, for: entry) }
        }

        func forget(_ dataset: String) {
            state.withLock { state in
                state.snapshots.remove(dataset)
                state.edits[dataset] = nil
            }
        }

        // MARK: - Changes made here

        /// The entry was made or changed: every listing from now on shows it.
        ///
        /// - Parameter known: The dataset it lies in, should the platform not tell.
        func wrote(_ entry: EntryRecord, in known: String? = nil) {
            guard let dataset = entry.datasetID ?? known else { return }
            var record = entry
            // Listings keep no content, and tell a text by its length.
            record.content = nil
            state.withLock { state in
                state.homes.set(dataset, for: entry.id)
                Self.note(entry.id, record, in: dataset, &state)
            }
        }

        /// The entry is gone: no listing from now on shows it.
        func removed(_ entry: String) {
            state.withLock { state in
                let known = state.homes.value(entry).map { [$0] } ?? state.snapshots.keys + state.asking
                for dataset in known { Self.note(entry, nil, in: dataset, &state) }
            }
        }

        private static func note(_ id: String, _ record: EntryRecord?, in dataset: String, _ state: inout State) {
            state.lastEdit += 1
            // An answer that is asked for later shows it by itself.
            guard state.snapshots.peek(dataset) != nil || state.asking.contains(dataset) else {
                state.edits[dataset] = nil
                return
            }
            state.edits[dataset, default: []].append(Edit(number: state.lastEdit, id: id, record: record))
        }

        /// The known tree with what was changed since it was asked for.
        private func edited(_ dataset: String) -> Tree? {
            let (known, edits) = state.withLock { ($0.snapshots.peek(dataset), $0.edits[dataset] ?? []) }
            guard let known else { return nil }
            let missing = edits.filter { $0.number > known.edit }
            guard let last = missing.last else { return known.tree }
            let latest = Dictionary(missing.map { ($0.id, $0.record) }, uniquingKeysWith: { $1 })
            var records = known.tree.records.filter { latest[$0.id] == nil }
            for record in latest.values { if let record { records.append(record) } }
            let tree = Tree(dataset: known.tree.dataset, records: records, damaged: known.tree.damaged)
            state.withLock { state in
                guard var snapshot = state.snapshots.peek(dataset), snapshot.edit == known.edit else { return }
                snapshot.tree = tree
                snapshot.edit = last.number
                state.snapshots.set(snapshot, for: dataset, cost: max(records.count, 1))
            }
            return tree
        }
    }
}
