/// Bytes that all buffers of a kind take together.
///
/// Who works ahead waits for room; who serves somebody that waits may go over it, by no more than what is asked for at once.
package final class MemoryBudget: Sendable {
    package let capacity: Int
    private let used = Monitor(0)

    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// Notes bytes that are held now, room or not.
    package func charge(_ bytes: Int) {
        used.withLock { $0 += bytes }
    }

    /// Notes that bytes charged before are held no more.
    package func discharge(_ bytes: Int) {
        guard bytes > 0 else { return }
        used.update { used in
            // INVARIANT: nothing is given back that was not charged.
            assert(used >= bytes)
            used -= bytes
        }
    }

    package var isExceeded: Bool { used.withLock { $0 > capacity } }

    /// More than twice of it is in use, because those who may go over it came faster than anything was given back.
    package var isOverrun: Bool { used.withLock { $0 > capacity * 2 } }

    /// Waits until so many more bytes would fit; more than all there is fits when nothing else is held.
    ///
    /// - Returns: False when `cancellation` ended the wait.
    @available(*, noasync, message: "this blocks the calling thread")
    package func waitForRoom(_ bytes: Int, until cancellation: Cancellation) -> Bool {
        let wanted = min(bytes, capacity)
        let capacity = capacity
        return used.wait(until: cancellation) { used in used + wanted <= capacity ? true : nil } ?? false
    }
}
