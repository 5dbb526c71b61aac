internal import Synchronization

/// Why an operation was given up.
package enum CancellationReason: Hashable, Sendable {
    /// The caller does not want the answer any more (Ctrl-C, close, unmount).
    case interrupted
    /// The deadline passed.
    case deadline
}

/// One operation's right to go on: a flag that can be raised once, and a deadline.
///
/// Passed down from the kernel's request to the transfer. Whoever waits registers a handler that wakes it.
package final class Cancellation: Sendable {
    package struct Registration: Sendable {
        fileprivate let id: UInt64
    }

    private struct State {
        var isCancelled = false
        var nextID: UInt64 = 0
        var handlers: [UInt64: @Sendable () -> Void] = [:]
    }

    package let deadline: Deadline
    private let source: any TimeSource
    private let state = Mutex(State())

    package init(deadline: Deadline = .never, source: any TimeSource = SystemTime()) {
        self.deadline = deadline
        self.source = source
    }

    /// Why it is over, nil while it may go on.
    package var reason: CancellationReason? {
        if state.withLock({ $0.isCancelled }) { return .interrupted }
        return deadline.hasPassed(at: source.now()) ? .deadline : nil
    }

    /// Cancelled or past its deadline.
    package var isCancelled: Bool { reason != nil }

    /// Raises the flag and runs every handler once, on this thread, outside the lock.
    package func cancel() {
        let handlers = state.withLock { state -> [@Sendable () -> Void] in
            guard !state.isCancelled else { return [] }
            state.isCancelled = true
            defer { state.handlers = [:] }
            return Array(state.handlers.values)
        }
        for handler in handlers { handler() }
    }

    /// Runs `handler` when the flag is raised (at once if it is); a passing deadline calls nothing: waiters time themselves.
    package func onCancel(_ handler: @escaping @Sendable () -> Void) -> Registration {
        let (id, runNow) = state.withLock { state -> (UInt64, Bool) in
            state.nextID += 1
            if !state.isCancelled { state.handlers[state.nextID] = handler }
            return (state.nextID, state.isCancelled)
        }
        if runNow { handler() }
        return Registration(id: id)
    }

    package func forget(_ registration: Registration) {
        state.withLock { _ = $0.handlers.removeValue(forKey: registration.id) }
    }
}
