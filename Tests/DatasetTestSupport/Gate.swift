package import DatasetSync

/// A door that threads wait at until a test opens it.
package final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var arrived = 0
    }

    private let state = Monitor(State())

    package init() {}

    package func open() { state.update { $0.isOpen = true } }

    /// How many have come so far, whether they still wait or went through.
    package var arrived: Int { state.withLock { $0.arrived } }

    /// Passes the door, waiting until it is open.
    ///
    /// - Returns: False when `cancellation` ended the wait.
    @available(*, noasync, message: "this blocks the calling thread")
    @discardableResult
    package func pass(until cancellation: Cancellation = Cancellation()) -> Bool {
        state.update { $0.arrived += 1 }
        return state.wait(until: cancellation) { $0.isOpen ? true : nil } ?? false
    }

    /// Waits until that many have come.
    ///
    /// - Returns: False when they did not within `limit`.
    @available(*, noasync, message: "this blocks the calling thread")
    @discardableResult
    package func waitForArrivals(_ count: Int, within limit: Duration = .seconds(30)) -> Bool {
        state.wait(until: .after(limit)) { $0.arrived >= count ? true : nil } ?? false
    }
}
