internal import DatasetSync
internal import Synchronization

/// Names that the store itself said it does not have, believed for one lifetime.
final class AbsentNames: Sendable {
    private struct Key: Hashable {
        var parent: UInt64
        /// Bytes: Swift takes names that are canonically equivalent for equal.
        var name: [UInt8]

        init(_ name: String, in parent: UInt64) {
            self.parent = parent
            self.name = Array(name.utf8)
        }
    }

    private let lifetime: Duration
    private let entries = Mutex<[Key: MonotonicTime]>([:])
    private static let capacity = 4096

    init(lifetime: Duration) {
        self.lifetime = lifetime
    }

    func contains(_ name: String, in parent: UInt64, at now: MonotonicTime) -> Bool {
        entries.withLock { entries in
            guard let since = entries[Key(name, in: parent)] else { return false }
            return now - since < lifetime
        }
    }

    func insert(_ name: String, in parent: UInt64, at now: MonotonicTime) {
        entries.withLock { entries in
            // Forgetting is always right here: the store is asked once more.
            if entries.count >= Self.capacity { entries.removeAll(keepingCapacity: true) }
            entries[Key(name, in: parent)] = now
        }
    }

    /// The next question for any of that directory's names goes to the store.
    func forget(in parent: UInt64) {
        entries.withLock { entries in entries = entries.filter { $0.key.parent != parent } }
    }
}
