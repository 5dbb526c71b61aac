import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct DeadlineTests {
    private let now = MonotonicTime(nanoseconds: 5_000_000_000)

    @Test("What is left shrinks to nothing and stays there; never has no end")
    func remaining() {
        let deadline = Deadline(time: now + .seconds(2))

        #expect(deadline.remaining(at: now) == .seconds(2))
        #expect(deadline.remaining(at: now + .seconds(3)) == .zero)
        #expect(!deadline.hasPassed(at: now + .milliseconds(1999)))
        #expect(deadline.hasPassed(at: now + .seconds(2)))
        #expect(Deadline.never.remaining(at: now) == nil)
        #expect(!Deadline.never.hasPassed(at: MonotonicTime(nanoseconds: .max)))
    }

    @Test("The earlier of two is the earlier, and never is later than all")
    func earlier() {
        let soon = Deadline(time: now)
        let late = Deadline(time: now + .seconds(1))

        #expect(soon.earlier(late) == soon && late.earlier(soon) == soon)
        #expect(soon.earlier(.never) == soon && Deadline.never.earlier(soon) == soon)
        #expect(Deadline.never.earlier(.never) == .never)
    }

    @Test("Arithmetic saturates instead of trapping")
    func saturation() {
        #expect(now + .seconds(Int64.max) == MonotonicTime(nanoseconds: .max))
        #expect(now + .seconds(-1) == now)
        #expect(now - (now + .seconds(1)) == .seconds(-1))
        #expect(Duration.seconds(-5).clampedNanoseconds == 0)
        #expect(Duration.nanoseconds(1).clampedNanoseconds == 1)
        #expect(Duration.milliseconds(1500).inSeconds == 1.5)
    }
}
