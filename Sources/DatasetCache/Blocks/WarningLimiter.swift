internal import DatasetSync
internal import Synchronization

/// Passes on at most one warning a minute: a sick disk fails thousands of times.
final class WarningLimiter: Sendable {
    private struct State {
        var last: MonotonicTime?
        var suppressed = 0
    }

    private let state = Mutex(State())
    private let time: any TimeSource
    private let forward: @Sendable (String) -> Void

    init(time: any TimeSource, forward: @escaping @Sendable (String) -> Void) {
        self.time = time
        self.forward = forward
    }

    func warn(_ message: String) {
        let now = time.now()
        let suppressed = state.withLock { state -> Int? in
            if let last = state.last, now - last < .seconds(60) {
                state.suppressed += 1
                return nil
            }
            defer { state.suppressed = 0 }
            state.last = now
            return state.suppressed
        }
        guard let suppressed else { return }
        forward(suppressed == 0 ? message : "\(message) (and \(suppressed) more since the last warning)")
    }
}
