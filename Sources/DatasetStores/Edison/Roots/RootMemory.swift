internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// What is remembered about the root from one listing to the next.
    final class RootMemory: Sendable {
        /// So long a dataset's name is not asked for again.
        static let nameLifetime = Duration.seconds(60)

        private struct State {
            var user: String?
            var claims: TokenClaims?
            /// Ids in the order of their discovery.
            var datasets: [String] = []
            /// Datasets that were opened by their id; no search need find them.
            var opened: [String] = []
            /// Entries outside of any dataset.
            var entries: [String] = []
            var names = Recent<String, (record: DatasetRecord, until: MonotonicTime)>(capacity: 10_000)
            var note: String?
            /// Datasets and entries removed from here, which the search goes on finding for a while.
            var removed = Recent<String, Bool>(capacity: 10_000)
        }

        private let state: Mutex<State>

        init(user: String?, claims: TokenClaims?) {
            state = Mutex(State(user: user, claims: claims))
        }

        /// The account's id as it stands in entries, once that is certain.
        var user: String? {
            get { state.withLock { $0.user } }
            set { state.withLock { $0.user = newValue } }
        }

        /// Why the listing may show too little or too much; nil when nothing is known against it.
        var note: String? {
            get { state.withLock { $0.note } }
            set { state.withLock { $0.note = newValue } }
        }

        /// What the last search that worked has found, and what was opened by name since.
        var found: (datasets: [String], entries: [String]) {
            get { state.withLock { ($0.datasets, $0.entries) } }
            set { state.withLock { ($0.datasets, $0.entries) = (newValue.datasets, newValue.entries) } }
        }

        var opened: [String] { state.withLock { $0.opened } }

        /// A dataset that was asked for by its id is listed from then on.
        func open(dataset id: String) {
            state.withLock { state in
                if !state.opened.contains(id) { state.opened.append(id) }
                if !state.datasets.contains(id) { state.datasets.append(id) }
            }
        }

        func keep(_ record: DatasetRecord, until: MonotonicTime) {
            state.withLock { $0.names.set((record, until), for: record.id) }
        }

        /// The account's own datasets that were found before and are not among `found`: no search finds one without entries.
        ///
        /// Each is asked for anew, since it may also have been deleted.
        func lost(_ found: [String]) -> [String] {
            state.withLock { state in
                let isFound = Set(found)
                guard let user = state.user else { return [] }
                let lost = state.datasets.filter { id in
                    !isFound.contains(id) && state.names.peek(id)?.record.owner == user
                }
                for id in lost {
                    guard let known = state.names.peek(id) else { continue }
                    state.names.set((known.record, .init(nanoseconds: 0)), for: id)
                }
                return lost
            }
        }

        /// - Parameter now: Nil takes a name of any age.
        func name(of dataset: String, at now: MonotonicTime?) -> DatasetRecord? {
            state.withLock { state in
                guard let known = state.names.value(dataset) else { return nil }
                guard let now, now >= known.until else { return known.record }
                return nil
            }
        }

        /// The id of a dataset that is listed under that name.
        func dataset(named name: String) -> String? {
            state.withLock { state in
                state.datasets.first { state.names.peek($0)?.record.name.utf8.elementsEqual(name.utf8) == true }
            }
        }

        func remove(dataset id: String) {
            forget(dataset: id)
            state.withLock { $0.removed.set(true, for: id) }
        }

        func remove(entry id: String) {
            state.withLock { state in
                state.entries.removeAll { $0 == id }
                state.removed.set(true, for: id)
            }
        }

        /// Those of the ids that were not removed from here.
        func remaining(_ ids: [String]) -> [String] {
            state.withLock { state in ids.filter { state.removed.peek($0) == nil } }
        }

        func forget(dataset id: String) {
            state.withLock { state in
                state.names.remove(id)
                state.datasets.removeAll { $0 == id }
                state.opened.removeAll { $0 == id }
            }
        }
    }
}
