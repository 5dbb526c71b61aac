internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// The trees of the datasets looked at last, so that one answer of the platform serves all directories in it.
    final class TreeCache: Sendable {
        /// A tree and when it was asked for.
        struct Snapshot: Sendable {
            let tree: Tree
            let askedAt: MonotonicTime
            /// Until then it serves subdirectories: five seconds, or longer where asking itself takes that long.
            let freshUntil: MonotonicTime
        }

        /// Entries kept in all trees together; the largest tree alone may have more.
        static let capacity = 250_000

        private struct State {
            var snapshots = Recent<String, Snapshot>(capacity: TreeCache.capacity)
            /// Which dataset an entry lies in, as far as trees and entries have told.
            var homes = Recent<String, String>(capacity: 16_384)
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
                    askedAt: asked,
                    freshUntil: now + max(.seconds(5), (now - asked) * 4)
                )
                state.withLock { $0.snapshots.set(snapshot, for: dataset, cost: max(tree.records.count, 1)) }
                return snapshot
            }
            return snapshot.tree
        }

        /// A tree that was asked for a moment ago, else the current one.
        @available(*, noasync, message: "this may wait for the network")
        func recent(_ dataset: String, until cancellation: Cancellation) throws(StoreError) -> Tree {
            let now = time.now()
            if let known = state.withLock({ $0.snapshots.value(dataset) }), now < known.freshUntil { return known.tree }
            return try current(dataset, until: cancellation)
        }

        /// The tree that an earlier page came from, however old, else the current one.
        @available(*, noasync, message: "this may wait for the network")
        func continued(_ dataset: String, until cancellation: Cancellation) throws(StoreError) -> Tree {
            if let known = state.withLock({ $0.snapshots.value(dataset) }) { return known.tree }
            return try current(dataset, until: cancellation)
        }

        /// What is to be said of the dataset's listing as it was last asked for.
        func note(on dataset: String) -> String? {
            state.withLock { $0.snapshots.peek(dataset) }.flatMap { Tree.note(leftOut: $0.tree.damaged) }
        }

        /// Entries in a known tree name this one as their parent.
        func knowsChildren(of entry: EntryRecord) -> Bool {
            guard let dataset = entry.datasetID, let tree = state.withLock({ $0.snapshots.peek(dataset)?.tree }),
                let index = tree.index(of: entry.id)
            else { return false }
            return tree.hasChildren(index)
        }

        /// The dataset an entry lies in, where that is known without asking.
        func home(of entry: String) -> String? { state.withLock { $0.homes.value(entry) } }

        func setHome(of entry: String, to dataset: String) {
            state.withLock { $0.homes.set(dataset, for: entry) }
        }

        func forget(_ dataset: String) { state.withLock { $0.snapshots.remove(dataset) } }
    }
}
