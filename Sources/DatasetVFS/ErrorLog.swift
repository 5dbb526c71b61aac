package import DatasetModel
internal import DatasetSync
internal import Synchronization

/// One failure that came from a store: what was tried, what the store said, what helps.
package struct ErrorRecord: Sendable, Equatable {
    /// Nanoseconds since 1970.
    package var time: Int64
    /// Below the mount point, beginning with `/`.
    package var path: String
    package var operation: String
    package var errno: Int32
    package var cause: StoreError
}

/// The last errors of a mount, newest last, a bounded number.
package final class ErrorLog: Sendable {
    private let records = Mutex<[ErrorRecord]>([])
    private let capacity: Int

    package init(capacity: Int = 512) {
        self.capacity = capacity
    }

    package func add(_ record: ErrorRecord) {
        records.withLock { records in
            if records.count >= capacity { records.removeFirst(records.count - capacity + 1) }
            records.append(record)
        }
    }

    package var all: [ErrorRecord] { records.withLock { $0 } }

    /// The newest record of that very path.
    package func last(at path: String) -> ErrorRecord? {
        records.withLock { records in records.last { $0.path == path } }
    }
}
