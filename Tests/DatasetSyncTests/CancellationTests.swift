import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct CancellationTests {
    @Test("Every handler runs once, one that comes late at once, a forgotten one never")
    func handlers() {
        let cancellation = Cancellation()
        let ran = Monitor([String]())
        let note = { @Sendable (name: String) in ran.withLock { $0.append(name) } }

        _ = cancellation.onCancel { note("early") }
        let forgotten = cancellation.onCancel { note("forgotten") }
        cancellation.forget(forgotten)
        #expect(cancellation.reason == nil)
        cancellation.cancel()
        cancellation.cancel()
        _ = cancellation.onCancel { note("late") }

        #expect(ran.withLock { $0 } == ["early", "late"])
        #expect(cancellation.reason == .interrupted)
    }

    @Test("A passed deadline is a reason; being cancelled is the stronger one")
    func reasons() {
        let time = ManualTime()
        let cancellation = Cancellation(deadline: .after(.seconds(5), on: time), source: time)

        #expect(!cancellation.isCancelled)
        time.advance(by: .seconds(5))
        #expect(cancellation.reason == .deadline)
        cancellation.cancel()
        #expect(cancellation.reason == .interrupted)
    }

    @Test("A handler may use the cancellation itself")
    func reentrant() {
        let cancellation = Cancellation()
        let seen = Monitor<CancellationReason?>(nil)
        _ = cancellation.onCancel { [weak cancellation] in
            cancellation?.cancel()
            seen.withLock { $0 = cancellation?.reason }
        }

        cancellation.cancel()

        #expect(seen.withLock { $0 } == .interrupted)
    }
}
