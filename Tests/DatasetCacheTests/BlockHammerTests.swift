import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetCache

@Suite struct BlockHammerTests {
    private static let size = 4096
    private static let blocks = 24
    private static let contents = 6

    private let right = (0..<contents).map { content in
        (0..<blocks).flatMap { block($0, length: size, of: content) }
    }

    @Test("Eight threads put, read, drop, evict and reopen, and no read is ever wrong")
    func hammer() async throws {
        let place = try TemporaryDirectory()
        let cache = try BlockCache(
            directory: place.path,
            blockSize: Self.size,
            capacity: UInt64(Self.size * Self.blocks * 3),
            reserve: 0
        )
        let seed: UInt64 = withSeed { generator in generator.next() }

        let hits = try await withThrowingTaskGroup(of: Int.self) { group in
            for thread in 0..<8 {
                group.addTask { [self] in
                    try await onThread { try self.work(on: cache, seed: seed &+ UInt64(thread)) }
                }
            }
            return try await group.reduce(0, +)
        }

        #expect(hits > 500, "a cache that never hits proves nothing")
        #expect(cache.usage.bytes <= UInt64(Self.size * Self.blocks * 4))
    }

    /// - Returns: How many reads found their bytes.
    private func work(on cache: BlockCache, seed: UInt64) throws -> Int {
        var generator = SeededGenerator(seed: seed)
        let size = Self.size * Self.blocks
        var hits = 0
        for _ in 0..<100 {
            let number = Int.random(in: 0..<Self.contents, using: &generator)
            let content = cache.open(key("content \(number)"), size: UInt64(size))
            for _ in 0..<20 {
                let target = Int.random(in: 0..<Self.blocks, using: &generator)
                let start = target * Self.size
                switch Int.random(in: 0..<100, using: &generator) {
                case 0: content.drop(blocks: target..<Self.blocks)
                case 1: cache.remove(location: Location("content \(number)"), identity: "test")
                case 2..<50: _ = content.put(target, Array(right[number][start..<(start + Self.size)]))
                default:
                    let offset = start + Int.random(in: 0..<Self.size, using: &generator)
                    let count = Int.random(in: 1...min(2 * Self.size, size - offset), using: &generator)
                    guard let bytes = content.bytes(at: UInt64(offset), count: count) else { continue }
                    try #require(bytes == Array(right[number][offset..<(offset + count)]))
                    hits += 1
                }
            }
        }
        return hits
    }

    @Test("Many who open one content at once get one object")
    func opening() async throws {
        let place = try TemporaryDirectory()
        let cache = try BlockCache(directory: place.path, capacity: 1 << 30, reserve: 0)

        for round in 0..<20 {
            let contents = await withTaskGroup(of: CachedContent.self) { group in
                for _ in 0..<8 {
                    group.addTask { await onThread { cache.open(key("\(round)"), size: 1 << 20) } }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(contents.map(ObjectIdentifier.init)).count == 1)
            #expect(contents.allSatisfy { !$0.isVolatile })
        }
        #expect(cache.usage.files == 20)
    }
}
