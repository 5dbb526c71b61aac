import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct MonitorTests {
    @Test("A waiter sees each update, and only answers when it likes what it sees")
    func update() async {
        let answer = await onThread { () -> Int? in
            let monitor = Monitor(0)
            let thread = OwnedThread(name: "writer") {
                for _ in 0..<1000 { monitor.update { $0 += 1 } }
            }
            defer { thread?.join() }
            return monitor.wait(until: Deadline.never) { $0 == 1000 ? $0 : nil }
        }

        #expect(answer == 1000)
    }

    @Test("A deadline that has passed is noticed at once, and the state is looked at once more")
    func deadline() async {
        let (missed, met) = await onThread { () -> (Int?, Int?) in
            let monitor = Monitor(0)
            return (
                monitor.wait(until: .after(.milliseconds(1))) { _ in nil as Int? },
                monitor.wait(until: .after(.zero)) { $0 }
            )
        }

        #expect(missed == nil)
        #expect(met == 0)
    }

    @Test("Cancelling wakes the waiter")
    func cancel() async {
        let reason = await onThread { () -> CancellationReason? in
            let monitor = Monitor(0)
            let waiting = Gate()
            let cancellation = Cancellation()
            let thread = OwnedThread(name: "canceller") {
                waiting.waitForArrivals(1)
                cancellation.cancel()
            }
            defer { thread?.join() }
            waiting.open()
            let answer = monitor.wait(until: cancellation) { _ -> Int? in
                // Asked under the monitor's lock, so the waiter cannot miss what comes after.
                if waiting.arrived == 0 { waiting.pass() }
                return nil
            }
            return answer == nil ? cancellation.reason : nil
        }

        #expect(reason == .interrupted)
    }

    @Test("A cancellation's deadline ends the wait without anybody cancelling")
    func cancellationDeadline() async {
        let reason = await onThread { () -> CancellationReason? in
            let cancellation = Cancellation(deadline: .after(.milliseconds(1)))
            let answer = Monitor(0).wait(until: cancellation) { _ in nil as Int? }
            return answer == nil ? cancellation.reason : nil
        }

        #expect(reason == .deadline)
    }

    @Test("Errors pass through, and the lock is free afterwards")
    func errors() {
        struct Refusal: Error, Equatable {}
        let monitor = Monitor(0)

        #expect(throws: Refusal()) { try monitor.withLock { _ in throw Refusal() } }
        #expect(throws: Refusal()) { try monitor.update { _ in throw Refusal() } }
        #expect(monitor.withLock { $0 } == 0)
    }
}
