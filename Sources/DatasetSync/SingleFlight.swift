internal import Synchronization

/// Lets many threads that ask the same question share one answer.
///
/// The first asker runs the work on its own thread, until its own cancellation ends it; those who come meanwhile wait for
/// its answer. Where the first asker left without one, the next of them runs the work again.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
    /// Nil when its leader left without an answer.
    private typealias Flight = Pending<Result<Value, Failure>?, Never>

    private let flights = Mutex<[Key: Flight]>([:])

    package init() {}

    /// Runs `work` for `key`, or waits for the one under way.
    ///
    /// - Parameter work: Called on this thread with this asker's cancellation.
    /// - Returns: The shared outcome, or nil when this asker's `cancellation` ended its wait.
    @available(*, noasync, message: "this blocks the calling thread")
    package func run(
        _ key: Key,
        until cancellation: Cancellation,
        _ work: (Cancellation) throws(Failure) -> Value
    ) -> Result<Value, Failure>? {
        while true {
            let (flight, leads) = flights.withLock { flights -> (Flight, Bool) in
                if let flight = flights[key] { return (flight, false) }
                let flight = Flight()
                flights[key] = flight
                return (flight, true)
            }
            guard !leads else { return lead(flight, key, until: cancellation, work) }
            guard case .success(let outcome) = flight.wait(until: cancellation) else { return nil }
            if let outcome { return outcome }
        }
    }

    private func lead(
        _ flight: Flight,
        _ key: Key,
        until cancellation: Cancellation,
        _ work: (Cancellation) throws(Failure) -> Value
    ) -> Result<Value, Failure> {
        let outcome: Result<Value, Failure>
        do throws(Failure) {
            outcome = .success(try work(cancellation))
        } catch {
            outcome = .failure(error)
        }
        // Before the answer: who comes later is to ask anew.
        flights.withLock { _ = $0.removeValue(forKey: key) }
        flight.complete(.success(answers(outcome, cancellation) ? outcome : nil))
        return outcome
    }

    /// A failure of somebody who had to leave says nothing to those who may stay.
    private func answers(_ outcome: Result<Value, Failure>, _ cancellation: Cancellation) -> Bool {
        if case .failure = outcome { return !cancellation.isCancelled }
        return true
    }
}
