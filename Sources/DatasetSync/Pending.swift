/// An answer that one thread gives and others wait for.
package final class Pending<Value: Sendable, Failure: Error>: Sendable {
    private let outcome = Monitor<Result<Value, Failure>?>(nil)

    package init() {}

    /// Gives the answer; only the first one counts.
    package func complete(_ result: Result<Value, Failure>) {
        outcome.update { if $0 == nil { $0 = result } }
    }

    package var isComplete: Bool { outcome.withLock { $0 != nil } }

    /// - Returns: The answer, or nil when `cancellation` ended the wait (its `reason` says why).
    @available(*, noasync, message: "this blocks the calling thread")
    package func wait(until cancellation: Cancellation) -> Result<Value, Failure>? {
        outcome.wait(until: cancellation) { $0 }
    }
}
