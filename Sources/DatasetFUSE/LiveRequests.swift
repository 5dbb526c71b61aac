internal import DatasetSync
internal import Synchronization

/// The requests being answered, so that the end of the session can interrupt those that wait.
final class LiveRequests: Sendable {
    private struct State {
        var cancellations: [UInt64: Cancellation] = [:]
        var nextID: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// - Returns: The number to ``remove(_:)`` it by.
    func add(_ cancellation: Cancellation) -> UInt64 {
        let (id, isClosed) = state.withLock { state -> (UInt64, Bool) in
            state.nextID += 1
            state.cancellations[state.nextID] = cancellation
            return (state.nextID, state.isClosed)
        }
        if isClosed { cancellation.cancel() }
        return id
    }

    func remove(_ id: UInt64) {
        state.withLock { _ = $0.cancellations.removeValue(forKey: id) }
    }

    var count: Int { state.withLock { $0.cancellations.count } }

    /// Interrupts all that live and all that still come.
    func close() {
        let cancellations = state.withLock { state in
            state.isClosed = true
            return Array(state.cancellations.values)
        }
        for cancellation in cancellations { cancellation.cancel() }
    }
}
