import DatasetSync
import Testing

@testable import DatasetVFS

@Suite("Burst")
struct BurstTests {
    private func at(_ milliseconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: milliseconds * 1_000_000) }

    @Test("Publishing waits for a pause after the last close")
    func pause() {
        var burst = Burst()
        #expect(burst.allowance(at: at(0)) == nil)
        burst.note(at: at(10))
        #expect(burst.allowance(at: at(10)) == Burst.Allowance(width: 0, end: at(10) + Burst.pause))
        burst.note(at: at(60))
        #expect(burst.allowance(at: at(100)) == Burst.Allowance(width: 0, end: at(60) + Burst.pause))
        #expect(burst.allowance(at: at(60) + Burst.pause) == nil)
    }

    @Test("Closes without a pause keep all of it back for so long and no longer")
    func longest() {
        var burst = Burst()
        var now = at(0)
        while now < at(0) + Burst.longest {
            burst.note(at: now)
            #expect(burst.allowance(at: now)?.width == 0)
            now = now + .milliseconds(50)
        }
        burst.note(at: now)
        #expect(burst.allowance(at: now) == Burst.Allowance(width: Burst.width, end: now + Burst.pause))
        #expect(burst.allowance(at: now + Burst.pause) == nil)
    }

    @Test("Whoever waits ends it")
    func ended() {
        var burst = Burst()
        burst.note(at: at(0))
        burst.end()
        #expect(burst.allowance(at: at(1)) == nil)
    }
}
