import DatasetModel
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetCache

@Suite struct CachedContentTests {
    private static let size = 4096
    private let place: TemporaryDirectory
    private let cache: BlockCache

    init() throws {
        place = try TemporaryDirectory()
        cache = try BlockCache(directory: place.path, blockSize: Self.size, capacity: 1 << 30, reserve: 0)
    }

    @Test("What was put is read, in any part that is there")
    func reading() {
        let content = cache.open(key("a"), size: 10_000)
        let blocks = [block(0, length: 4096), block(1, length: 4096), block(2, length: 1808)]
        let whole = Array(blocks.joined())

        #expect(content.put(0, blocks[0]) && content.put(2, blocks[2]))
        #expect(content.bytes(at: 0, count: 4096) == blocks[0])
        #expect(content.bytes(at: 100, count: 10) == Array(whole[100..<110]))
        #expect(content.bytes(at: 9_999, count: 1) == [whole[9_999]])
        #expect(content.bytes(at: 4_095, count: 2) == nil)
        #expect(content.present(in: 0..<3) == [0..<1, 2..<3])
        #expect(!content.isComplete && content.presentBytes == 4096 + 1808)

        #expect(content.put(1, blocks[1]))
        #expect(content.isComplete && content.presentBytes == 10_000)
        #expect(content.bytes(at: 0, count: 10_000) == whole)
        #expect(content.bytes(at: 4_000, count: 5_000) == Array(whole[4_000..<9_000]))
        #expect(content.present(in: 0..<99) == [0..<3])
    }

    @Test("Reads past the end and blocks of a wrong length are refused")
    func limits() {
        let content = cache.open(key("a"), size: 10_000)

        #expect(content.bytes(at: 9_999, count: 2) == nil)
        #expect(content.bytes(at: 10_000, count: 0) == [])
        #expect(content.bytes(at: 10_001, count: 0) == nil)
        #expect(content.bytes(at: .max, count: 1) == nil)
        #expect(!content.put(2, block(2, length: 4096)))
        #expect(!content.put(0, block(0, length: 4095)))
        #expect(!content.put(3, []))
        #expect(!content.put(-1, block(0, length: 4096)))
        #expect(!content.holds(block: 3) && !content.holds(block: -1))
    }

    @Test("An empty content is complete and takes no file")
    func empty() {
        let content = cache.open(key("a"), size: 0)

        #expect(content.isComplete && !content.isVolatile && content.presentBytes == 0)
        #expect(content.bytes(at: 0, count: 0) == [])
        #expect(cache.usage == (0, 0))
    }

    @Test("Blocks of zeros are content like any other")
    func zeros() {
        let content = cache.open(key("a"), size: 8_192)

        #expect(content.put(1, [UInt8](repeating: 0, count: 4096)))
        #expect(content.bytes(at: 4_096, count: 4_096) == [UInt8](repeating: 0, count: 4096))
        #expect(content.bytes(at: 0, count: 1) == nil)
    }

    @Test("Dropped blocks are absent and may come again, and an empty content takes no room")
    func dropping() {
        let content = cache.open(key("a"), size: 5 * 4096)
        for number in 0..<5 { #expect(content.put(number, block(number, length: 4096))) }

        content.drop(blocks: 1..<3)
        #expect(content.present(in: 0..<5) == [0..<1, 3..<5])
        #expect(content.bytes(at: 0, count: 4096) == block(0, length: 4096))
        #expect(content.put(1, block(1, length: 4096)))
        content.drop(blocks: 0..<100)

        #expect(content.presentBytes == 0)
        #expect(cache.usage.bytes <= 8_192)
    }

    @Test("Blocks outlive the process, absent ones stay absent")
    func persistent() throws {
        let blocks = [0, 600, 1_300]
        do {
            let content = cache.open(key("a"), size: 1_400 * 4096 - 7)
            for number in blocks { #expect(content.put(number, block(number, length: 4096))) }
            #expect(content.put(1_399, block(1_399, length: 4_089)))
            content.drop(blocks: 600..<601)
        }

        let content = cache.open(key("a"), size: 1_400 * 4096 - 7)

        #expect(content.presentBytes == 2 * 4096 + 4_089)
        #expect(content.present(in: 0..<1_400) == [0..<1, 1_300..<1_301, 1_399..<1_400])
        #expect(content.bytes(at: 1_300 * 4096, count: 4096) == block(1_300, length: 4096))
        #expect(content.bytes(at: 1_399 * 4096 + 5, count: 9) == Array(block(1_399, length: 4_089)[5..<14]))
    }

    @Test("Other bytes in the place of a block replace it")
    func replacing() {
        let content = cache.open(key("a"), size: 4096)

        #expect(content.put(0, block(1, length: 4096)))
        #expect(content.put(0, block(2, length: 4096)))

        #expect(content.bytes(at: 0, count: 4096) == block(2, length: 4096))
        #expect(content.presentBytes == 4096)
    }

    @Test("A content of a size that no store has takes little memory and no time")
    func hugeSize() {
        let content = cache.open(key("a"), size: 1 << 42)
        let last = content.blockCount - 1

        #expect(content.put(last, block(1, length: 4096)))
        #expect(content.present(in: 0..<content.blockCount) == [last..<last + 1])
        #expect(content.bytes(at: 1 << 42 - 4096, count: 4096) == block(1, length: 4096))
        #expect(cache.open(key("b"), size: .max).isVolatile)
    }
}
