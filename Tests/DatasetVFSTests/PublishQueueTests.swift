import DatasetJournal
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetVFS

@Suite("Publish queue")
struct PublishQueueTests {
    private static let failure = StoreError(.reset, "the line broke")

    private func id(_ number: Int64) -> ChangeID { ChangeID(rawValue: number) }

    private func time(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: UInt64(seconds) * 1_000_000_000) }

    private func queue(_ ids: Int64..., now: Int64 = 0) -> PublishQueue {
        var queue = PublishQueue()
        for number in ids { queue.add(id(number), after: [], notBefore: nil, now: time(now)) }
        return queue
    }

    @Test("First in, first out, each once")
    func order() {
        var queue = queue(3, 1, 2)
        let taken = (0..<4).map { _ in queue.take(at: time(0), Cancellation()) }
        #expect(taken == [id(3), id(1), id(2), nil])
        #expect(queue[id(1)]?.phase == .running)
    }

    @Test("When the store is back, what waits because it was away goes at once, and nothing else")
    func hurried() {
        var queue = queue(1, 2, 3)
        queue.add(id(4), after: [], notBefore: time(50), now: time(0))
        for _ in 0..<3 { _ = queue.take(at: time(0), Cancellation()) }
        queue.postpone(id(2), StoreError(.offline, "away"), now: time(0))
        queue.postpone(id(1), StoreError(.unreachable, "away"), now: time(0))
        queue.postpone(id(3), StoreError(.localFailure, "no disk"), now: time(0))
        #expect(queue.take(at: time(0), Cancellation()) == nil)

        queue.hurry()

        #expect((0..<3).map { _ in queue.take(at: time(0), Cancellation()) } == [id(1), id(2), nil])
        #expect(queue.take(at: time(1), Cancellation()) == id(3))
        #expect(queue.take(at: time(49), Cancellation()) == nil)
        #expect(queue.take(at: time(50), Cancellation()) == id(4))
    }

    @Test("What waits for others goes when the last of them is over; what is over or unknown is not waited for")
    func blocked() {
        var queue = queue(1, 2)
        queue.add(id(3), after: [id(1), id(2), id(99)], notBefore: nil, now: time(0))
        #expect(queue[id(3)]?.phase == .blocked([id(1), id(2)]))
        _ = queue.take(at: time(0), Cancellation())
        _ = queue.take(at: time(0), Cancellation())
        #expect(queue.take(at: time(0), Cancellation()) == nil)
        queue.finish(id(1))
        #expect(queue[id(3)]?.phase == .blocked([id(2)]))
        queue.finish(id(2))
        #expect(queue.take(at: time(0), Cancellation()) == id(3))
    }

    @Test("What is expected is waited for before it is asked for, and let go when it is given up")
    func expected() {
        var queue = PublishQueue()
        queue.expect(id(1), now: time(0))
        queue.add(id(2), after: [id(1)], notBefore: nil, now: time(0))
        #expect(queue.take(at: time(0), Cancellation()) == nil)
        var other = queue
        other.finish(id(1))
        #expect(other.take(at: time(0), Cancellation()) == id(2))
        queue.add(id(1), after: [], notBefore: nil, now: time(0))
        #expect(queue.take(at: time(0), Cancellation()) == id(1))
        #expect(queue.take(at: time(0), Cancellation()) == nil)
    }

    @Test("Pauses double from one second to one minute, and begin anew when it is asked for anew")
    func pauses() {
        var queue = queue(1)
        var now: Int64 = 0
        for pause: Int64 in [1, 2, 4, 8, 16, 32, 60, 60] {
            #expect(queue.take(at: time(now), Cancellation()) == id(1))
            queue.postpone(id(1), Self.failure, now: time(now))
            #expect(queue[id(1)]?.phase == .delayed(time(now + pause)))
            #expect(queue.nextTime == time(now + pause))
            #expect(queue.take(at: time(now + pause - 1), Cancellation()) == nil)
            now += pause
        }
        queue.add(id(1), after: [], notBefore: nil, now: time(now))
        #expect(queue[id(1)]?.tries == 0 && queue[id(1)]?.failure == nil)
        #expect(queue.take(at: time(now), Cancellation()) == id(1))
    }

    @Test("Not before its time, and the earliest first")
    func delayed() {
        var queue = PublishQueue()
        for (number, moment) in [(1, 5), (2, 3), (3, 4)] as [(Int64, Int64)] {
            queue.add(id(number), after: [], notBefore: time(moment), now: time(0))
        }
        #expect(queue.nextTime == time(3))
        #expect(queue.take(at: time(2), Cancellation()) == nil)
        #expect(queue.take(at: time(5), Cancellation()) == id(2))
        #expect(queue.take(at: time(5), Cancellation()) == id(3))
        #expect(queue.take(at: time(5), Cancellation()) == id(1))
    }

    @Test("What is parked stays until it is asked for; what waits for it waits on")
    func parked() {
        var queue = queue(1)
        queue.add(id(2), after: [id(1)], notBefore: nil, now: time(0))
        _ = queue.take(at: time(0), Cancellation())
        queue.park(id(1), Self.failure)
        #expect(queue.take(at: time(1000), Cancellation()) == nil)
        #expect(queue.isQuiet, "Nothing goes by itself any more.")
        #expect(!queue.canMove(id(2)))
        queue.add(id(1), after: [], notBefore: nil, now: time(1000))
        #expect(!queue.isQuiet && queue.canMove(id(2)))
        #expect(queue.take(at: time(1000), Cancellation()) == id(1))
    }

    @Test("What runs is held when it ends, however it ends", arguments: 0..<4)
    func held(_ ending: Int) {
        var queue = queue(1)
        _ = queue.take(at: time(0), Cancellation())
        let atOnce = queue.hold(id(1))
        #expect(!atOnce)
        switch ending {
        case 0: queue.stop(id(1))
        case 1: queue.postpone(id(1), Self.failure, now: time(0))
        case 2: queue.park(id(1), Self.failure)
        default: queue.finish(id(1))
        }
        #expect(queue[id(1)]?.phase == (ending == 3 ? nil : .held))
        let isHeld = queue.hold(id(1))
        #expect(isHeld)
        #expect(queue.take(at: time(1000), Cancellation()) == nil)
    }

    @Test("Who gives up wanting to hold it lets it go on")
    func letGo() {
        var queue = queue(1)
        _ = queue.take(at: time(0), Cancellation())
        _ = queue.hold(id(1))
        queue.letGo(id(1))
        queue.stop(id(1))
        #expect(queue.take(at: time(0), Cancellation()) == id(1))
    }

    @Test("What is asked for while it runs goes once more, whatever came of the first try", arguments: 0..<3)
    func again(_ ending: Int) {
        var queue = queue(1)
        _ = queue.take(at: time(0), Cancellation())
        queue.add(id(1), after: [], notBefore: nil, now: time(0))
        #expect(queue.take(at: time(0), Cancellation()) == nil)
        switch ending {
        case 0: queue.stop(id(1))
        case 1: queue.postpone(id(1), Self.failure, now: time(0))
        default: queue.park(id(1), Self.failure)
        }
        #expect(queue.take(at: time(0), Cancellation()) == id(1))
    }

    @Test("Who listens hears how it ended, and then it is forgotten")
    func listeners() {
        var queue = queue(1)
        queue.listen(id(1))
        queue.listen(id(1))
        _ = queue.take(at: time(0), Cancellation())
        queue.finish(id(1), failure: Self.failure)
        #expect(queue[id(1)]?.phase == .over && queue[id(1)]?.failure == Self.failure)
        queue.stopListening(id(1))
        #expect(queue[id(1)] != nil)
        queue.stopListening(id(1))
        #expect(queue[id(1)] == nil)
    }

    @Test(
        "Whatever happens in whatever order, nothing runs twice at once, nothing goes before its turn, nothing is lost"
    )
    func walk() {
        withSeed { generator in
            for _ in 0..<200 { walk(&generator) }
        }
    }

    private func walk(_ generator: inout SeededGenerator) {
        var queue = PublishQueue()
        var now: Int64 = 0
        var needs: [ChangeID: Set<ChangeID>] = [:]
        var running: Set<ChangeID> = []
        for _ in 0..<120 {
            let some = id(Int64.random(in: 1...6, using: &generator))
            switch Int.random(in: 0..<10, using: &generator) {
            case 0...2:
                // Only what is older is waited for, as in the journal.
                let older = queue.entries.keys.filter { $0 < some && Bool.random(using: &generator) }
                if !running.contains(some) { needs[some] = Set(older) }
                let moment = Bool.random(using: &generator) ? nil : time(now + 2)
                queue.add(some, after: Set(older), notBefore: moment, now: time(now))
            case 3...5:
                if let taken = queue.take(at: time(now), Cancellation()) {
                    #expect(running.insert(taken).inserted, "\(taken) runs twice")
                    let open = (needs[taken] ?? []).filter { queue[$0] != nil && queue[$0]?.phase != .over }
                    #expect(open.isEmpty, "\(taken) goes before \(open)")
                }
            case 6:
                now += 3
            case 7:
                if !queue.hold(some) { #expect(running.contains(some)) }
            default:
                guard let ended = running.randomElement(using: &generator) else { continue }
                running.remove(ended)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: queue.postpone(ended, Self.failure, now: time(now))
                case 1: queue.park(ended, Self.failure)
                case 2: queue.stop(ended)
                default:
                    queue.finish(ended)
                    for other in needs.keys { needs[other]?.remove(ended) }
                }
            }
            let phases = queue.entries.filter { $0.value.phase == .running }.keys
            #expect(Set(phases) == running)
        }
        // Asked for once more, all of it goes.
        for ended in running { queue.finish(ended) }
        for left in queue.entries.keys.sorted() { queue.add(left, after: [], notBefore: nil, now: time(now)) }
        while let taken = queue.take(at: time(now + 1000), Cancellation()) { queue.finish(taken) }
        #expect(queue.entries.isEmpty)
        #expect(queue.isQuiet)
    }
}
