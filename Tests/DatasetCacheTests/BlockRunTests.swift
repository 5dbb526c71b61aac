import DatasetModel
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetCache

/// Blocks that are put several at a time, past the page cache or not.
@Suite struct BlockRunTests {
    private static let size = 4096
    private let place: TemporaryDirectory

    init() throws {
        place = try TemporaryDirectory()
    }

    private func cache(capacity: UInt64 = 1 << 30) throws -> BlockCache {
        try BlockCache(directory: place.path, blockSize: Self.size, capacity: capacity, reserve: 0)
    }

    /// The bytes of consecutive blocks at an address as direct writes need it, moved by `shift`.
    private func put(
        _ content: CachedContent,
        _ blocks: Range<Int>,
        bypassing: Bool,
        shift: Int = 0,
        less: Int = 0
    ) -> Bool {
        let bytes = blocks.flatMap { block($0, length: content.length(of: $0)) }.dropLast(less)
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + shift, alignment: 4096)
        defer { unsafe memory.deallocate() }
        let part = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[shift...])
        unsafe part.copyBytes(from: bytes)
        return unsafe content.put(blocks: blocks, UnsafeRawBufferPointer(part), bypassing: bypassing)
    }

    private func isRight(_ content: CachedContent, _ blocks: Range<Int>) -> Bool {
        blocks.allSatisfy {
            let length = content.length(of: $0)
            return content.bytes(at: UInt64($0 * Self.size), count: length) == block($0, length: length)
        }
    }

    @Test("A run is read back as its blocks, by this process and the next", arguments: [false, true])
    func runs(bypassing: Bool) throws {
        let size = UInt64(2_000 * Self.size - 7)
        do {
            let content = try cache().open(key("a"), size: size)
            #expect(put(content, 3..<700, bypassing: bypassing))
            #expect(
                put(content, 1_990..<2_000, bypassing: bypassing),
                "The last block is short, so the page cache takes it."
            )
            #expect(isRight(content, 3..<700) && isRight(content, 1_990..<2_000))
            #expect(content.present(in: 0..<2_000) == [3..<700, 1_990..<2_000])
        }

        let content = try cache().open(key("a"), size: size)

        #expect(isRight(content, 3..<700) && isRight(content, 1_990..<2_000))
        #expect(content.presentBytes == UInt64(707 * Self.size - 7))
    }

    @Test("Memory that is not aligned goes through the page cache")
    func unaligned() throws {
        let content = try cache().open(key("a"), size: 8 << 20)

        #expect(put(content, 16..<32, bypassing: true, shift: 8))
        #expect(isRight(content, 16..<32))
    }

    @Test("Both ways of writing meet in one file", arguments: [0, 1, 2] as [UInt64])
    func mixed(seed: UInt64) throws {
        let content = try cache().open(key("a"), size: 8 << 20)
        var generator = SeededGenerator(seed: seed)
        for start in (0..<256).map({ $0 * 8 }).shuffled(using: &generator) {
            #expect(put(content, start..<start + 8, bypassing: Bool.random(using: &generator)))
            #expect(isRight(content, start..<start + 8))
        }
        #expect(content.isComplete && isRight(content, 0..<2_048))
    }

    @Test("What is not a run of whole blocks of the content is refused")
    func limits() throws {
        let content = try cache().open(key("a"), size: UInt64(3 * Self.size))

        #expect(!put(content, 0..<2, bypassing: false, less: 1))
        #expect(!put(content, 1..<1, bypassing: false))
        #expect(!put(content, 2..<4, bypassing: false))
        #expect(content.presentBytes == 0)
    }

    @Test("A run costs what it takes up, once, however often it comes")
    func account() throws {
        let cache = try cache()
        let content = cache.open(key("a"), size: 8 << 20)
        let before = cache.usage.bytes

        for _ in 0..<3 { #expect(put(content, 0..<64, bypassing: false)) }
        #expect(put(content, 32..<96, bypassing: false))

        #expect(cache.usage.bytes - before == UInt64(96 * Self.size))
    }

    @Test("A run for which there is no room is refused as a whole; a shorter one may fit")
    func noRoom() throws {
        let cache = try cache(capacity: 64 << 10)
        let content = cache.open(key("a"), size: 8 << 20)

        #expect(!put(content, 0..<64, bypassing: false))
        #expect(content.presentBytes == 0)
        #expect(put(content, 0..<4, bypassing: false))
    }
}
