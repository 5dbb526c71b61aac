import DatasetTestSupport
import Testing

@testable import DatasetVFS

@Suite("SizeSchedule")
struct SizeScheduleTests {
    private let schedule = SizeSchedule()

    @Test("A batch at a time, none asked for twice")
    func batch() {
        let first = schedule.claim(Array(1...100), in: 7)
        #expect(first.map(\.inode) == Array(1...64))
        #expect(schedule.room(in: 7) == 0)
        #expect(schedule.claim([1, 200], in: 7).isEmpty)

        for errand in first.prefix(32) { schedule.finish(errand) }

        #expect(schedule.room(in: 7) == 32)
        #expect(schedule.claim(Array(1...100), in: 7).map(\.inode) == Array(65...96))
    }

    @Test("Directories do not get into each other's way")
    func apart() {
        _ = schedule.claim(Array(1...64), in: 7)

        #expect(schedule.room(in: 8) == 64)
        #expect(schedule.claim([1], in: 8).count == 1)
    }

    @Test("After a new listing all may be asked for again; what was under way does not count any more")
    func reset() {
        let old = schedule.claim(Array(1...64), in: 7)
        schedule.reset(7)
        #expect(schedule.room(in: 7) == 64)
        let new = schedule.claim(Array(1...10), in: 7)
        #expect(new.count == 10)

        for errand in old { schedule.finish(errand) }

        #expect(schedule.room(in: 7) == 54)
    }

    @Test(
        "In whatever order a directory is walked, each size is asked for once and never more than a batch is under way"
    )
    func anyOrder() {
        withSeed { generator in
            let inodes = (0..<1000).map { UInt64($0 * 3 + 20) }
            var unsized = Set(inodes)
            var underWay: [SizeSchedule.Errand] = []
            var asked: [UInt64: Int] = [:]
            for inode in inodes.shuffled(using: &generator) {
                if unsized.contains(inode), schedule.room(in: 7) > 0 {
                    let errands = schedule.claim(unsized.filter { $0 > inode }.sorted() + unsized.sorted(), in: 7)
                    for errand in errands { asked[errand.inode, default: 0] += 1 }
                    underWay += errands
                }
                #expect(underWay.count <= SizeSchedule.batch)
                for _ in 0..<Int.random(in: 0...3, using: &generator) where !underWay.isEmpty {
                    let errand = underWay.remove(at: Int.random(in: 0..<underWay.count, using: &generator))
                    unsized.remove(errand.inode)
                    schedule.finish(errand)
                }
            }
            #expect(asked.values.allSatisfy { $0 == 1 })
            #expect(asked.count > 900)
        }
    }
}
