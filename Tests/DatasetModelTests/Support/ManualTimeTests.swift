import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@Suite("ManualTime")
struct ManualTimeTests {
    @Test("Time stands still until it is moved, and then both clocks move")
    func advance() {
        let time = ManualTime()
        let (start, wall) = (time.now(), time.wallNanoseconds())
        #expect(time.now() == start)

        time.advance(by: .seconds(3))

        #expect(time.now() - start == .seconds(3))
        #expect(time.wallNanoseconds() - wall == 3_000_000_000)
    }

    @Test("A deadline passes when time is moved past it")
    func deadline() {
        let time = ManualTime()
        let cancellation = Cancellation(deadline: .after(.seconds(5), on: time), source: time)
        time.advance(by: .milliseconds(4999))
        #expect(cancellation.reason == nil)

        time.advance(by: .milliseconds(1))

        #expect(cancellation.reason == .deadline)
    }

    @Test("Who asked to be told is told of each step")
    func observers() {
        let time = ManualTime()
        let steps = Counter()
        time.onAdvance { steps.increment() }

        time.advance(by: .zero)
        time.advance(by: .seconds(1))

        #expect(steps.count == 2)
    }

    private final class Counter: Sendable {
        private let value = Mutex(0)
        var count: Int { value.withLock { $0 } }
        func increment() { value.withLock { $0 += 1 } }
    }
}
