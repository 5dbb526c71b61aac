internal import Synchronization

/// Lets many threads that ask the same question share one answer.
///
/// The first asker runs the work on its own thread; those who come while it runs wait for its answer. The work's
/// cancellation is raised when nobody wants the answer any more: it dies with its last waiter.
package final class SingleFlight<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
    private final class Flight: Sendable {
        let pending = Pending<Value, Failure>()
        let cancellation: Cancellation
        let interested = Mutex(1)

        init(deadline: Deadline) {
            cancellation = Cancellation(deadline: deadline)
        }

        /// - Returns: False when the last asker has left: this work is being given up.
        func join() -> Bool {
            interested.withLock { count in
                guard count > 0 else { return false }
                count += 1
                return true
            }
        }

        func leave() {
            let left = interested.withLock { count -> Int in
                count -= 1
                return count
            }
            if left == 0 { cancellation.cancel() }
        }
    }

    private let flights = Mutex<[Key: Flight]>([:])

    package init() {}

    /// Runs `work` for `key`, or waits for the one under way.
    ///
    /// - Parameter work: Called with a cancellation of its own, which ends when the last asker gave up.
    /// - Returns: The shared outcome, or nil when this asker's `cancellation` ended its wait.
    @available(*, noasync, message: "this blocks the calling thread")
    package func run(
        _ key: Key,
        until cancellation: Cancellation,
        _ work: (Cancellation) throws(Failure) -> Value
    ) -> Result<Value, Failure>? {
        while true {
            let (flight, leads) = flights.withLock { flights -> (Flight, Bool) in
                if let flight = flights[key], flight.join() { return (flight, false) }
                let flight = Flight(deadline: cancellation.deadline)
                flights[key] = flight
                return (flight, true)
            }
            guard !leads else { return lead(flight, key, until: cancellation, work) }
            let outcome = flight.pending.wait(until: cancellation)
            flight.leave()
            // The work had its first asker's deadline; one who may wait longer asks again.
            if case .failure = outcome, flight.cancellation.reason == .deadline, !cancellation.isCancelled { continue }
            return outcome
        }
    }

    private func lead(
        _ flight: Flight,
        _ key: Key,
        until cancellation: Cancellation,
        _ work: (Cancellation) throws(Failure) -> Value
    ) -> Result<Value, Failure> {
        let registration = cancellation.onCancel { flight.leave() }
        let outcome: Result<Value, Failure>
        do throws(Failure) {
            outcome = .success(try work(flight.cancellation))
        } catch {
            outcome = .failure(error)
        }
        cancellation.forget(registration)
        flights.withLock { flights in
            if flights[key] === flight { flights[key] = nil }
        }
        flight.pending.complete(outcome)
        return outcome
    }
}
