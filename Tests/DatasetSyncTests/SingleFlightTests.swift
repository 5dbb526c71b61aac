import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct SingleFlightTests {
    private enum Failure: Error, Equatable {
        case refused
        case cancelled(CancellationReason?)
    }

    /// Work that runs until the gate opens or its own cancellation ends it.
    private static func work(_ gate: Gate, _ runs: Monitor<Int>, _ cancellation: Cancellation) throws(Failure) -> Int {
        let run = runs.withLock { count -> Int in
            count += 1
            return count
        }
        guard gate.pass(until: cancellation) else { throw .cancelled(cancellation.reason) }
        return run
    }

    /// Tells the test that somebody waits: a waiter looks at its clock each time it looks at the state.
    private struct ProbedTime: TimeSource {
        let gate: Gate

        func now() -> MonotonicTime {
            gate.open()
            gate.pass()
            return SystemTime().now()
        }

        func wallNanoseconds() -> Int64 { 0 }
    }

    private let flights = SingleFlight<String, Int, Failure>()
    private let gate = Gate()
    private let runs = Monitor(0)
    private let outcomes = Monitor([Result<Int, Failure>?]())

    private func ask(_ key: String, until cancellation: Cancellation) -> OwnedThread? {
        OwnedThread(name: "asker") { [flights, gate, runs, outcomes] in
            let outcome = flights.run(key, until: cancellation) { (own) throws(Failure) -> Int in
                try Self.work(gate, runs, own)
            }
            outcomes.update { $0.append(outcome) }
        }
    }

    private func waitForOutcomes(_ count: Int) -> [Result<Int, Failure>?] {
        outcomes.wait(until: .after(.seconds(30))) { $0.count >= count ? $0 : nil } ?? []
    }

    @Test("Many who ask the same share one run; the next one runs anew; another question has its own")
    func sharing() async {
        await onThread {
            let threads = (0..<8).map { _ in ask("a", until: Cancellation()) }
            #expect(gate.waitForArrivals(1))
            let other = ask("b", until: Cancellation())
            #expect(gate.waitForArrivals(2))
            gate.open()
            for thread in threads + [other] { thread?.join() }
            ask("a", until: Cancellation())?.join()

            // Whoever came only after the first run had ended made a run of their own: runs are at most as many as askers.
            let values = waitForOutcomes(10).compactMap { try? $0?.get() }
            #expect(values.count == 10)
            #expect(runs.withLock { $0 } >= 3)
            #expect(Set(values).count == runs.withLock { $0 })
        }
    }

    @Test("A failure is shared too")
    func failure() async {
        await onThread {
            let outcome = flights.run("a", until: Cancellation()) { (_) throws(Failure) -> Int in throw .refused }

            #expect(outcome == .failure(.refused))
            #expect(flights.run("a", until: Cancellation()) { (_) throws(Failure) -> Int in 3 } == .success(3))
        }
    }

    @Test("An asker who gives up leaves at once; the work goes on for the others")
    func follower() async {
        await onThread {
            let leaver = Cancellation()
            let leader = ask("a", until: Cancellation())
            #expect(gate.waitForArrivals(1))
            let follower = ask("a", until: leaver)
            leaver.cancel()
            follower?.join()

            #expect(waitForOutcomes(1) == [nil])
            gate.open()
            leader?.join()
            #expect(waitForOutcomes(2) == [nil, .success(1)])
        }
    }

    @Test("When the first asker gives up it leaves at once, and one who waits has the work run again")
    func leader() async {
        await onThread {
            let leaver = Cancellation()
            let leader = ask("a", until: leaver)
            #expect(gate.waitForArrivals(1))
            let joined = Gate()
            let follower = ask("a", until: Cancellation(source: ProbedTime(gate: joined)))
            #expect(joined.waitForArrivals(1))
            leaver.cancel()
            leader?.join()
            #expect(gate.waitForArrivals(2))
            gate.open()
            follower?.join()

            #expect(waitForOutcomes(2) == [.failure(.cancelled(.interrupted)), .success(2)])
            #expect(runs.withLock { $0 } == 2)
        }
    }

    @Test("When the first asker's deadline ends the work, one who may wait longer has it run again")
    func deadline() async {
        await onThread {
            let leader = ask("a", until: Cancellation(deadline: .after(.milliseconds(100))))
            #expect(gate.waitForArrivals(1))
            let follower = ask("a", until: Cancellation())
            leader?.join()
            #expect(gate.waitForArrivals(2))
            gate.open()
            follower?.join()

            #expect(waitForOutcomes(2) == [.failure(.cancelled(.deadline)), .success(2)])
        }
    }

    @Test("The work dies with its last waiter")
    func lastWaiter() async {
        await onThread {
            let first = Cancellation()
            let second = Cancellation()
            let leader = ask("a", until: first)
            #expect(gate.waitForArrivals(1))
            let follower = ask("a", until: second)
            second.cancel()
            follower?.join()
            first.cancel()
            leader?.join()

            #expect(waitForOutcomes(2) == [nil, .failure(.cancelled(.interrupted))])
        }
    }
}
