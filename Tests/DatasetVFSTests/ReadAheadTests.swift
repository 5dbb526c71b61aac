import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetVFS

@Suite("ReadAhead")
struct ReadAheadTests {
    private static let largest: UInt64 = 32 << 20
    private static let piece: UInt64 = 4 << 20

    /// Drives one and checks after each step what must hold whatever a reader does.
    private struct Driver {
        var readAhead = ReadAhead(largestWindow: largest, piece: piece)
        let size: UInt64
        var furthest: UInt64 = 0
        /// Fetched since the last time the reader went elsewhere.
        var fetched: [ByteRange] = []
        var abandoned = 0

        mutating func read(_ offset: UInt64, _ count: UInt64) {
            let range = ByteRange(offset: offset, count: count).clamped(to: size)
            furthest = max(furthest, range.end)
            switch readAhead.advance(range, size: size) {
            case .nothing: break
            case .abandon:
                abandoned += 1
                fetched = []
                furthest = range.end
            case .fetch(let pieces):
                #expect(!pieces.isEmpty)
                for next in pieces {
                    #expect(!next.isEmpty && next.count <= piece, "\(next)")
                    #expect(next.end <= size, "\(next) passes the end of \(size)")
                    #expect(next.end <= range.end + largest, "\(next) lies too far ahead of \(range)")
                    #expect(next.offset >= fetched.last?.end ?? 0, "\(next) was asked for before")
                    fetched.append(next)
                }
            }
        }
    }

    @Test(
        "A sequential reader gets the rest of the file, each byte once",
        arguments: [0, 1, 65_535, 10 << 20, (777 << 20) + 13] as [UInt64]
    )
    func sequential(start: UInt64) {
        let size: UInt64 = (900 << 20) + 7
        var driver = Driver(size: size)

        var offset = start
        while offset < size {
            driver.read(offset, 128 << 10)
            offset += 128 << 10
        }

        #expect(driver.abandoned == 0)
        #expect(driver.fetched.first?.offset == start + 3 * (128 << 10), "The third read in a row sets it going.")
        #expect(driver.fetched.last?.end == size)
        for (earlier, later) in zip(driver.fetched, driver.fetched.dropFirst()) { #expect(earlier.end == later.offset) }
    }

    @Test("A steady reader stays within what was asked for ahead of it")
    func staysAhead() {
        let size: UInt64 = 1 << 30
        var driver = Driver(size: size)

        for step in UInt64(0)..<(size >> 17) {
            driver.read(step << 17, 1 << 17)
            if step >= 2, (step + 1) << 17 < size { #expect((driver.fetched.last?.end ?? 0) > (step + 1) << 17) }
        }
    }

    @Test("Who reads at random pays for the blocks it touches and no more")
    func random() {
        withSeed { generator in
            let size: UInt64 = 100 << 30
            var driver = Driver(size: size)

            for _ in 0..<5000 { driver.read(UInt64.random(in: 0..<size, using: &generator), 4096) }

            #expect(driver.fetched.isEmpty)
        }
    }

    @Test("Who reads backwards gets nothing ahead", arguments: [4096, 128 << 10, 1 << 20] as [UInt64])
    func backwards(step: UInt64) {
        let size: UInt64 = 512 << 20
        var driver = Driver(size: size)

        for index in 1...(size / step) {
            driver.read(size - index * step, step)
            #expect(driver.fetched.isEmpty)
        }
    }

    @Test("Who reads in strides gets nothing ahead", arguments: [64 << 10, 1 << 20, 5 << 20] as [UInt64])
    func strides(stride: UInt64) {
        let size: UInt64 = 1 << 30
        var driver = Driver(size: size)

        var offset: UInt64 = 0
        while offset < size {
            driver.read(offset, 4096)
            #expect(driver.fetched.isEmpty)
            offset += stride
        }
    }

    @Test("The kernel's read-ahead may arrive out of order")
    func outOfOrder() {
        withSeed { generator in
            let size: UInt64 = 300 << 20
            var driver = Driver(size: size)

            // Eight requests of 128 KiB are under way at a time, in any order.
            for group in UInt64(0)..<(size >> 20) {
                for index in (UInt64(0)..<8).shuffled(using: &generator) {
                    driver.read(group << 20 + index << 17, 1 << 17)
                }
            }

            #expect(driver.abandoned == 0)
            #expect(driver.fetched.last?.end == size)
        }
    }

    @Test("Going elsewhere calls off what is under way, and only then")
    func abandons() {
        var driver = Driver(size: 1 << 30)
        for step in UInt64(0)..<8 { driver.read(step << 17, 1 << 17) }

        driver.read(500 << 20, 4096)
        #expect(driver.abandoned == 1)

        driver.read(700 << 20, 4096)
        #expect(driver.abandoned == 1, "Nothing was under way.")
    }

    @Test("Whatever a reader does, nothing lies beyond the end, behind, twice or too far ahead")
    func walk() {
        withSeed { generator in
            for _ in 0..<200 {
                let size = UInt64.random(in: 0...(1 << UInt64.random(in: 0..<40, using: &generator)), using: &generator)
                var driver = Driver(size: size)
                var offset: UInt64 = 0
                for _ in 0..<100 {
                    let count = UInt64.random(in: 0...(1 << 20), using: &generator)
                    switch Int.random(in: 0..<10, using: &generator) {
                    case 0: offset = UInt64.random(in: 0...size, using: &generator)
                    case 1: offset -= min(offset, UInt64.random(in: 0...(3 << 20), using: &generator))
                    case 2: offset += UInt64.random(in: 0...(3 << 20), using: &generator)
                    default: break
                    }
                    driver.read(offset, count)
                    offset += count
                }
            }
        }
    }

    @Test("The end of the number line is no trap")
    func extremes() {
        var readAhead = ReadAhead()
        for _ in 0..<5 {
            _ = readAhead.advance(ByteRange(offset: .max - 5, count: 5), size: .max)
            _ = readAhead.advance(ByteRange(offset: 0, count: .max), size: .max)
            _ = readAhead.advance(ByteRange(offset: .max, count: 0), size: 0)
        }
    }
}
