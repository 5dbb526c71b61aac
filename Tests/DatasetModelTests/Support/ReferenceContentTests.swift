import DatasetModel
import DatasetTestSupport
import Testing

@Suite("ReferenceContent")
struct ReferenceContentTests {
    private let content = ReferenceContent.pattern(seed: 42, size: 200_000)

    @Test("A part is the same part of the whole")
    func parts() {
        let whole = content.allBytes
        #expect(whole.count == 200_000)
        withSeed { generator in
            for _ in 0..<200 {
                let offset = Int.random(in: 0...whole.count, using: &generator)
                let count = Int.random(in: 0...(whole.count - offset), using: &generator)
                let part = content.bytes(in: ByteRange(offset: UInt64(offset), count: UInt64(count)))
                #expect(part == Array(whole[offset..<(offset + count)]))
            }
        }
        #expect((0..<200_000).filter { $0 % 997 == 0 }.allSatisfy { content.byte(at: UInt64($0)) == whole[$0] })
    }

    @Test("It says where bytes go wrong, and which are too many")
    func mismatch() {
        var bytes = content.allBytes
        #expect(content.firstMismatch(bytes) == nil)
        bytes[70_000] ^= 1
        #expect(content.firstMismatch(bytes) == 70_000)
        #expect(content.firstMismatch([0, 0], at: 199_999) != nil)
        #expect(content.firstMismatch([0], at: 200_000) == 200_000)
    }

    @Test("Other seeds and other blocks hold other bytes")
    func difference() {
        let block = ByteRange(offset: 0, count: 4096)
        let seeds = (0..<100 as Range<UInt64>).map { ReferenceContent.pattern(seed: $0, size: 4096).bytes(in: block) }
        #expect(Set(seeds).count == 100)
        let big = ReferenceContent.pattern(seed: 1, size: 1 << 40)
        let blocks = (0..<100 as Range<UInt64>).map { big.bytes(in: ByteRange(offset: $0 << 33, count: 4096)) }
        #expect(Set(blocks).count == 100)
    }

    @Test("A range at the end of four terabytes costs as little as one at the beginning")
    func far() {
        let big = ReferenceContent.pattern(seed: 3, size: 4 << 40)
        #expect(big.bytes(in: ByteRange(offset: big.size - 10, count: 100)).count == 10)
    }
}
