internal import DatasetSync
internal import Synchronization

/// The door between the threads that submit transfers and the one thread that moves them.
final class TransferLoop: Sendable {
    struct Batch {
        var submitted: [Submission] = []
        var cancelled: [Submission] = []
        /// There is something of their bodies to send again.
        var resumed: [Submission] = []
        var isClosed = false

        var isEmpty: Bool { submitted.isEmpty && cancelled.isEmpty && resumed.isEmpty && !isClosed }
    }

    private struct State {
        var next = Batch()
        var isClosed = false
        /// Nil once the thread has ended, so that nobody keeps the connections alive.
        var multi: MultiHandle?
    }

    private let state: Mutex<State>

    init(_ multi: MultiHandle) {
        state = Mutex(State(multi: multi))
    }

    /// - Returns: False when the loop is closed; the submission will not be completed then.
    func submit(_ submission: Submission) -> Bool {
        change { state in
            guard !state.isClosed else { return false }
            state.next.submitted.append(submission)
            return true
        }
    }

    /// Has the transfer taken off, if it still runs; its waiter is answered by the loop.
    func cancel(_ submission: Submission) {
        change { $0.next.cancelled.append(submission) }
    }

    /// Has the transfer go on with its body.
    func resume(_ submission: Submission) {
        change { $0.next.resumed.append(submission) }
    }

    /// Has the thread fail all it holds and end.
    func close() {
        change { state in
            state.isClosed = true
            state.next.isClosed = true
        }
    }

    /// What came since the last call; for the loop's thread.
    func takeBatch() -> Batch {
        state.withLock { state in
            defer { state.next = Batch() }
            return state.next
        }
    }

    /// The thread's last act.
    func end() {
        state.withLock { $0.multi = nil }
    }

    /// Changes the state and wakes the thread, once for all that it will find together.
    @discardableResult
    private func change<Answer: Sendable>(_ body: (inout State) -> Answer) -> Answer {
        let (answer, sleeper) = state.withLock { state -> (Answer, MultiHandle?) in
            let wasEmpty = state.next.isEmpty
            return (body(&state), wasEmpty ? state.multi : nil)
        }
        sleeper?.wakeUp()
        return answer
    }
}
