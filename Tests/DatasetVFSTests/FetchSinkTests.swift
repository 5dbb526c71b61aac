import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetVFS

@Suite("FetchSink")
struct FetchSinkTests {
    /// What a sink handed over.
    private final class Taken: Sendable {
        struct State {
            var blocks: [Int] = []
            var bytes: [UInt8] = []
            var segments: [Range<Int>] = []
        }

        let budget = MemoryBudget(capacity: 1 << 20)
        let state = Mutex(State())

        func taker() -> FetchSink.Taker {
            let pool = SegmentPool(budget: budget)
            return FetchSink.Taker(
                segment: { pool.segment($0, isAhead: false) },
                block: { [self] number, held in
                    state.withLock {
                        $0.blocks.append(number)
                        $0.bytes += held.copy
                    }
                },
                end: { [self] _, blocks in state.withLock { $0.segments.append(blocks) } }
            )
        }
    }

    private func receive(_ bytes: [UInt8], _ sink: FetchSink) -> Bool {
        unsafe bytes.withUnsafeBytes { unsafe sink.receive($0) }
    }

    @Test("However the bytes are cut, blocks come whole and in order, and then their segments; the last one is short")
    func cuts() {
        withSeed { generator in
            for _ in 0..<200 {
                let bytes = generator.bytes(Int.random(in: 1...100, using: &generator))
                let length = 7
                let blocks = 3..<(3 + (bytes.count + length - 1) / length)
                let taken = Taken()
                let sink = FetchSink(
                    blocks: blocks,
                    blocksOfSegment: 4,
                    cancellation: Cancellation(),
                    length: { [count = bytes.count] block in min(length, count - (block - 3) * length) },
                    taker: taken.taker()
                )
                var start = 0
                while start < bytes.count {
                    let end = Int.random(in: start...min(start + 20, bytes.count), using: &generator)
                    #expect(receive(Array(bytes[start..<end]), sink))
                    start = end
                }
                let all = taken.state.withLock { $0 }
                #expect(all.bytes == bytes && all.blocks == Array(blocks))
                #expect(all.segments.allSatisfy { $0.count == 4 || $0.upperBound == blocks.upperBound })
                #expect(all.segments.flatMap { $0 } == Array(blocks))
                #expect(sink.finished == blocks && !sink.hasSurplus)
                sink.end()
                #expect(taken.state.withLock { $0.segments } == all.segments)
            }
        }
    }

    @Test("A transfer that breaks off leaves its whole blocks, and no memory")
    func breaksOff() {
        let taken = Taken()
        let sink = FetchSink(
            blocks: 0..<8,
            blocksOfSegment: 4,
            cancellation: Cancellation(),
            length: { _ in 3 },
            taker: taken.taker()
        )

        #expect(receive([UInt8](repeating: 1, count: 16), sink))
        #expect(taken.state.withLock { $0.segments } == [0..<4])
        sink.end()

        #expect(taken.state.withLock { $0.segments } == [0..<4, 4..<5])
        #expect(sink.finished == 0..<5)
        #expect(!taken.budget.isExceeded && taken.budget.waitForRoom(1 << 20, until: Cancellation()))
    }

    @Test("A store that sends more than it was asked for is found out")
    func surplus() {
        let sink = FetchSink(
            blocks: 0..<1,
            blocksOfSegment: 16,
            cancellation: Cancellation(),
            length: { _ in 3 },
            taker: Taken().taker()
        )

        #expect(receive([1, 2], sink))
        #expect(!receive([3, 4], sink))
        #expect(sink.hasSurplus)
    }

    @Test("Who has gone does not get the rest")
    func cancelled() {
        let cancellation = Cancellation()
        let sink = FetchSink(
            blocks: 0..<2,
            blocksOfSegment: 16,
            cancellation: cancellation,
            length: { _ in 3 },
            taker: Taken().taker()
        )

        #expect(receive([1, 2], sink))
        cancellation.cancel()
        #expect(!receive([3], sink))
        #expect(sink.finished == 0..<1)
    }
}
