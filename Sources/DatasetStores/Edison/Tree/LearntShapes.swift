internal import DatasetModel
internal import Synchronization

extension Edison {
    /// What the entries themselves told of their kind, for listings, which do not tell it.
    final class LearntShapes: Sendable {
        private struct Learnt: Sendable {
            var shape: Shape
            var modified: Timestamp?
        }

        private let state = Mutex(Recent<String, Learnt>(capacity: 65_536))

        func learn(_ shape: Shape, of entry: EntryRecord) {
            state.withLock { $0.set(Learnt(shape: shape, modified: entry.modified), for: entry.id) }
        }

        /// What the entry was when it was last asked, however long ago.
        func lastShape(of id: String) -> Shape? { state.withLock { $0.peek(id)?.shape } }

        /// Nil: never asked, or the entry was modified since.
        func shape(of entry: EntryRecord) -> Shape? {
            state.withLock { state in
                guard let learnt = state.value(entry.id), learnt.modified == entry.modified else { return nil }
                return learnt.shape
            }
        }
    }
}
