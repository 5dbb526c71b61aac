import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct WorkerPoolTests {
    @Test("Jobs run in their order, each once")
    func order() async {
        let order = await onThread { () -> [Int] in
            let pool = WorkerPool(name: "pool", threads: 1, capacity: 1000)
            let done = Monitor([Int]())
            for number in 0..<500 { pool.submit { done.update { $0.append(number) } } }
            let order = done.wait(until: .after(.seconds(30))) { $0.count == 500 ? $0 : nil }
            pool.shutDown()
            return order ?? []
        }

        #expect(order == Array(0..<500))
    }

    @Test("What does not fit is refused at once, and there is room again when work was taken")
    func capacity() async {
        await onThread {
            let pool = WorkerPool(name: "pool", threads: 2, capacity: 3)
            let gate = Gate()
            for _ in 0..<2 { #expect(pool.submit { gate.pass() }) }
            #expect(gate.waitForArrivals(2))

            let accepted = (0..<5).map { _ in pool.submit { gate.pass() } }
            gate.open()
            #expect(gate.waitForArrivals(5))

            #expect(accepted == [true, true, true, false, false])
            #expect(pool.submit {})
            pool.shutDown()
        }
    }

    @Test("Shutting down lets what runs end, drops what waits, and refuses what comes")
    func shutDown() async {
        await onThread {
            let pool = WorkerPool(name: "pool", threads: 1, capacity: .max)
            let gate = Gate()
            let ran = Monitor([String]())
            pool.submit {
                gate.pass()
                ran.withLock { $0.append("running") }
            }
            #expect(gate.waitForArrivals(1))
            pool.submit { ran.withLock { $0.append("waiting") } }

            let closer = OwnedThread(name: "closer") { pool.shutDown() }
            // Closed as soon as it refuses; the running job still stands at the gate then.
            while pool.submit({}) {}
            gate.open()
            closer?.join()

            #expect(ran.withLock { $0 } == ["running"])
            #expect(!pool.submit {})
        }
    }

    @Test("A pool that is let go ends its threads")
    func letGo() async {
        final class Token: Sendable {}
        let ended = await onThread { () -> Bool in
            let gone = Gate()
            final class Witness: Sendable {
                let gate: Gate
                init(_ gate: Gate) { self.gate = gate }
                deinit { gate.pass() }
            }
            gone.open()
            do {
                let pool = WorkerPool(name: "pool", threads: 2, capacity: 2)
                let witness = Witness(gone)
                pool.submit { _ = witness }
            }
            return gone.waitForArrivals(1)
        }

        #expect(ended)
    }
}
