internal import DatasetSync
internal import Synchronization

/// Work behind a caller's back that can be called off all at once: what runs is cancelled, what waits does not begin.
final class Errands: Sendable {
    /// The right to begin, given when the work is queued.
    struct Ticket: Sendable {
        fileprivate let generation: Int
    }

    private struct State {
        var generation = 0
        var isOver = false
        var next = 0
        var running: [Int: Cancellation] = [:]
    }

    private let state = Mutex(State())

    func ticket() -> Ticket {
        state.withLock { Ticket(generation: $0.generation) }
    }

    /// Does the work now, on this thread, unless it was called off meanwhile.
    func run(_ ticket: Ticket, within limit: Duration, _ work: (Cancellation) -> Void) {
        let cancellation = Cancellation(deadline: .after(limit))
        let number = state.withLock { state -> Int? in
            guard !state.isOver, state.generation == ticket.generation else { return nil }
            state.next += 1
            state.running[state.next] = cancellation
            return state.next
        }
        guard let number else { return }
        defer { state.withLock { _ = $0.running.removeValue(forKey: number) } }
        work(cancellation)
    }

    /// - Parameter isFinal: No later ticket is good for anything either.
    func callOff(isFinal: Bool = false) {
        let running = state.withLock { state in
            state.generation += 1
            state.isOver = state.isOver || isFinal
            return Array(state.running.values)
        }
        for cancellation in running { cancellation.cancel() }
    }
}
