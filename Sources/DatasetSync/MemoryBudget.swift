internal import Synchronization

/// Bytes that all buffers of a kind may take together; what does not fit is refused, never waited for.
package final class MemoryBudget: Sendable {
    package let capacity: Int
    private let used = Mutex(0)

    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// - Returns: False when there is no room for so many bytes now.
    package func take(_ bytes: Int) -> Bool {
        used.withLock { used in
            guard used + bytes <= capacity else { return false }
            used += bytes
            return true
        }
    }

    /// Gives back what ``take(_:)`` granted.
    package func give(_ bytes: Int) {
        used.withLock { $0 = max(0, $0 - bytes) }
    }

    package var inUse: Int { used.withLock { $0 } }
}
