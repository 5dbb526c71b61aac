import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetVFS

@Suite("FetchSink")
struct FetchSinkTests {
    @Test("However the bytes are cut, blocks come whole and in order; the last one is short")
    func cuts() {
        withSeed { generator in
            for _ in 0..<200 {
                let bytes = generator.bytes(Int.random(in: 1...100, using: &generator))
                let length = 7
                let blocks = 3..<(3 + (bytes.count + length - 1) / length)
                let kept = Mutex<[UInt8]>([])
                let sink = FetchSink(
                    blocks: blocks,
                    cancellation: Cancellation(),
                    length: { [count = bytes.count] block in min(length, count - (block - 3) * length) },
                    keep: { _, part in kept.withLock { $0.append(contentsOf: part) } }
                )
                var start = 0
                while start < bytes.count {
                    let end = Int.random(in: start...min(start + 20, bytes.count), using: &generator)
                    #expect(unsafe bytes[start..<end].withUnsafeBytes { unsafe sink.receive($0) })
                    start = end
                }
                #expect(kept.withLock { $0 } == bytes)
                #expect(sink.finished == blocks)
                #expect(!sink.hasSurplus)
            }
        }
    }

    @Test("A store that sends more than it was asked for is found out")
    func surplus() {
        let sink = FetchSink(blocks: 0..<1, cancellation: Cancellation(), length: { _ in 3 }, keep: { _, _ in })

        #expect(unsafe ([1, 2] as [UInt8]).withUnsafeBytes { unsafe sink.receive($0) } == true)
        #expect(unsafe ([3, 4] as [UInt8]).withUnsafeBytes { unsafe sink.receive($0) } == false)
        #expect(sink.hasSurplus)
    }
}
