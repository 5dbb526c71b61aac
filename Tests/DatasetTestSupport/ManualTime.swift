package import DatasetSync
internal import Synchronization

/// A clock that only moves when a test says so.
///
/// It starts ten years in, so that a real wait until one of its deadlines does not end by itself: who must look
/// again after a step registers with ``onAdvance(_:)``.
package final class ManualTime: TimeSource {
    private struct State {
        var monotonic: MonotonicTime
        var wall: Int64
        var observers: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    /// - Parameter wallNanoseconds: Since 1970; the default is 2026-01-01T00:00:00Z.
    package init(
        start: MonotonicTime = MonotonicTime(nanoseconds: 10 * 365 * 86_400 * 1_000_000_000),
        wallNanoseconds: Int64 = 1_767_225_600_000_000_000
    ) {
        state = Mutex(State(monotonic: start, wall: wallNanoseconds))
    }

    package func now() -> MonotonicTime { state.withLock { $0.monotonic } }

    package func wallNanoseconds() -> Int64 { state.withLock { $0.wall } }

    /// Moves both clocks on, then runs what waits for a step, on this thread.
    package func advance(by interval: Duration) {
        let observers = state.withLock { state -> [@Sendable () -> Void] in
            state.monotonic = state.monotonic + interval
            state.wall += Int64(clamping: interval.clampedNanoseconds)
            return state.observers
        }
        for observer in observers { observer() }
    }

    /// Sets the wall clock alone, forwards or backwards, as an administrator may.
    package func setWall(nanoseconds: Int64) {
        state.withLock { $0.wall = nanoseconds }
    }

    /// Runs `observer` after each ``advance(by:)``, for as long as this clock lives.
    package func onAdvance(_ observer: @escaping @Sendable () -> Void) {
        state.withLock { $0.observers.append(observer) }
    }
}
