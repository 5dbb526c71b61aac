import DatasetModel
import Testing

@Suite("ByteRange")
struct ByteRangeTests {
    @Test("The end never overflows", arguments: [0, 1, .max - 1, .max] as [UInt64])
    func end(_ offset: UInt64) {
        let range = ByteRange(offset: offset, count: .max)

        #expect(range.end == .max)
        #expect(range.count == .max - offset)
    }

    @Test(
        "Clamping keeps the part below the size",
        arguments: [
            (0, 10, 5, 5), (0, 5, 5, 5), (3, 10, 5, 2), (5, 1, 5, 0), (6, 1, 5, 0), (0, 0, 5, 0), (0, 10, 0, 0),
            (.max, 1, .max, 0), (.max - 1, 5, .max, 1),
        ] as [(UInt64, UInt64, UInt64, UInt64)]
    )
    func clamped(_ offset: UInt64, _ count: UInt64, _ size: UInt64, _ expected: UInt64) {
        let range = ByteRange(offset: offset, count: count).clamped(to: size)

        #expect(range == ByteRange(offset: min(offset, size), count: expected))
        #expect(range.isEmpty == (expected == 0))
    }

    @Test("It describes itself as offset and count")
    func description() {
        #expect("\(ByteRange(offset: 4, count: 2))" == "4+2")
    }
}
