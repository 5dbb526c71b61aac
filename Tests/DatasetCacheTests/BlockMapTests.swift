import DatasetTestSupport
import Testing

@testable import DatasetCache

@Suite struct BlockMapTests {
    @Test("Runs of blocks that are there are those of a plain array", arguments: [1, 7, 512, 513, 5_000])
    func random(count: Int) throws {
        try withSeed("BlockMapTests.\(count)") { generator in
            var map = BlockMap(blockCount: count)
            var plain = [UInt64](repeating: 0, count: count)
            for _ in 0..<60 {
                let start = Int.random(in: 0..<count, using: &generator)
                let end = Int.random(in: start..<count, using: &generator)
                let checksum = Bool.random(using: &generator) ? generator.next() | 1 : 0
                for block in start...end {
                    map.set(block, to: checksum)
                    plain[block] = checksum
                }
                let from = Int.random(in: 0..<count, using: &generator)
                let range = from..<Int.random(in: from...(count + 3), using: &generator)

                try #require(map.presentCount == plain.count { $0 != 0 })
                try #require(map.presentRuns(in: range).flatMap { $0 } == range.filter { $0 < count && plain[$0] != 0 })
                try #require((0..<count).allSatisfy { map[$0] == plain[$0] })
            }
        }
    }

    @Test("Blocks beyond the content are never there")
    func beyond() {
        var map = BlockMap(blockCount: 3)

        map.set(3, to: 1)
        map.set(-1, to: 1)

        #expect(map.presentCount == 0 && map[3] == 0 && map[-1] == 0)
        #expect(map.presentRuns(in: 3..<9).isEmpty)
        #expect(BlockMap(blockCount: 0).presentRuns(in: 0..<1).isEmpty)
    }

    @Test("A content of the largest size is asked at once")
    func huge() {
        let count = Int(Int64.max / 65_536)
        var map = BlockMap(blockCount: count)

        map.set(count - 1, to: 5)
        map.set(1_000_000, to: 5)

        #expect(map.presentCount == 2)
        #expect(map.presentRuns(in: 1_000_000..<1_000_010) == [1_000_000..<1_000_001])
    }
}
