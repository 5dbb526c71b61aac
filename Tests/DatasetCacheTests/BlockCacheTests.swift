import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetCache

@Suite struct BlockCacheTests {
    private static let size = 4096
    private let place: TemporaryDirectory
    private let time = ManualTime()
    private let warnings = Warnings()

    init() throws {
        place = try TemporaryDirectory()
    }

    private func open(capacity: UInt64 = 1 << 30, reserve: UInt64 = 0, at path: String? = nil) throws -> BlockCache {
        try BlockCache(
            directory: path ?? place.path,
            blockSize: Self.size,
            capacity: capacity,
            reserve: reserve,
            time: time,
            onWarning: { [warnings] in warnings.add($0) }
        )
    }

    /// Puts a whole content of some blocks and answers how many were kept.
    @discardableResult
    private func fill(_ name: String, blocks: Int, in cache: BlockCache) -> Int {
        time.advance(by: .seconds(1))
        let content = cache.open(key(name), size: UInt64(blocks * Self.size))
        return (0..<blocks).count { content.put($0, block($0, length: Self.size)) }
    }

    private func present(_ name: String, blocks: Int, in cache: BlockCache) -> Bool {
        cache.open(key(name), size: UInt64(blocks * Self.size)).isComplete
    }

    @Test("All who open one content share it, and another version is another content")
    func sharing() throws {
        let cache = try open()
        let first = cache.open(key("a"), size: 100)

        #expect(cache.open(key("a"), size: 100) === first)
        #expect(cache.open(key("a", version: "2"), size: 100) !== first)
        #expect(cache.open(key("a"), size: 99).isVolatile, "two sizes of one version cannot both be right")
        #expect(cache.usage.files == 2)
    }

    @Test("Keys that only look alike are told apart")
    func keys() throws {
        let cache = try open()
        let keys = [
            ContentKey(identity: "ab", location: Location("c"), version: Version("d")),
            ContentKey(identity: "a", location: Location("bc"), version: Version("d")),
            ContentKey(identity: "a", location: Location("b"), version: Version("cd")),
            key(ExactTextTests.composed), key(ExactTextTests.decomposed),
        ]
        let contents = keys.map { cache.open($0, size: 4096) }

        #expect(Set(contents.map(ObjectIdentifier.init)).count == keys.count)
        #expect(Set(keys).count == keys.count)
        #expect(contents.allSatisfy { !$0.isVolatile })
    }

    @Test("The names of files are read back")
    func names() throws {
        let name = ContentName(place: 0x0123_4567_89ab_cdef, key: 1)

        #expect(name.text == "0123456789abcdef-0000000000000001" && name.folder == "01")
        #expect(ContentName(text: name.text) == name)
        for text in [
            "", "-", "0123456789abcdef", "0123456789ABCDEF-0000000000000001", "+123456789abcdef-0000000000000001",
        ] {
            #expect(ContentName(text: text) == nil)
        }
    }

    @Test("The longest unused contents make room, across processes, and what is open stays")
    func eviction() throws {
        let capacity = UInt64(30 * Self.size)
        do {
            let cache = try open(capacity: capacity)
            for name in ["a", "b", "c"] { #expect(fill(name, blocks: 6, in: cache) == 6) }
            time.advance(by: .seconds(1))
            #expect(present("a", blocks: 6, in: cache))
        }
        let cache = try open(capacity: capacity)
        #expect(cache.usage.files == 3)
        time.advance(by: .seconds(1))
        let kept = cache.open(key("b"), size: UInt64(6 * Self.size))

        #expect(fill("d", blocks: 9, in: cache) == 9)

        #expect(kept.isComplete)
        #expect(!exists(paths(of: key("c"), in: place.path).map))
        #expect(present("a", blocks: 6, in: cache), "it was used after c")
        #expect(cache.usage.bytes <= capacity)
    }

    @Test("When all that is there is open, blocks beyond the capacity are refused")
    func allOpen() throws {
        let cache = try open(capacity: UInt64(10 * Self.size))
        let content = cache.open(key("a"), size: UInt64(40 * Self.size))

        let kept = (0..<40).filter { content.put($0, block($0, length: Self.size)) }

        #expect((8...10).contains(kept.count))
        #expect(kept.allSatisfy { content.bytes(at: UInt64($0 * Self.size), count: 4) != nil })
        #expect(warnings.all.isEmpty)
    }

    @Test("A smaller capacity at the next start is kept at once")
    func shrinking() throws {
        do {
            let cache = try open()
            for name in ["a", "b", "c"] { fill(name, blocks: 10, in: cache) }
        }

        let cache = try open(capacity: UInt64(25 * Self.size))

        #expect(cache.usage.files == 2 && cache.usage.bytes <= UInt64(25 * Self.size))
        #expect(!exists(paths(of: key("a"), in: place.path).map))
        #expect(present("b", blocks: 10, in: cache) && present("c", blocks: 10, in: cache))
    }

    @Test("Usage is what the disk says once contents are closed")
    func usage() throws {
        let cache = try open()

        fill("a", blocks: 10, in: cache)

        let bytes = try [paths(of: key("a"), in: place.path)].flatMap { [$0.data, $0.map] }
            .map { try Descriptor(creating: $0).allocatedBytes }.reduce(0, +)
        #expect(cache.usage == (bytes, 1))
        #expect(bytes >= UInt64(10 * Self.size))
    }

    @Test("Dropping a thing drops all its versions, also open ones, and nothing else")
    func remove() throws {
        let cache = try open()
        fill("b", blocks: 2, in: cache)
        fill("a", blocks: 2, in: cache)
        let held = cache.open(key("a", version: "2"), size: UInt64(Self.size))
        #expect(held.put(0, block(0, length: Self.size)))

        cache.remove(location: Location("a"), identity: "test")

        #expect(!held.holds(block: 0) && held.put(0, block(0, length: Self.size)))
        #expect(!exists(paths(of: key("a"), in: place.path).data))
        #expect(present("b", blocks: 2, in: cache))
        #expect(cache.usage.files == 2)
    }

    @Test("Halves that a crash left are removed at the start, foreign files are let alone")
    func halves() throws {
        do {
            let cache = try open()
            for name in ["a", "b", "c"] { fill(name, blocks: 1, in: cache) }
        }
        let (a, b) = (paths(of: key("a"), in: place.path), paths(of: key("b"), in: place.path))
        #expect(unsafe unlink(a.map) == 0 && unlink(b.data) == 0)
        let foreign = a.data.prefix { $0 != "." } + ".txt"
        try overwrite(String(foreign), with: [1])

        let cache = try open()

        #expect(cache.usage.files == 1)
        #expect(!exists(a.data) && !exists(b.map) && exists(String(foreign)))
    }

    @Test("The second owner is told who the first one is, until that one ends")
    func busy() throws {
        var first: BlockCache? = try open()
        var content = first?.open(key("a"), size: 10)

        let error = #expect(throws: CacheError.self) { _ = try open() }
        #expect(error?.code == .busy(pid: getpid()))
        first = nil
        #expect(throws: CacheError.self, "an open content still owns it") { _ = try open() }
        content = nil
        _ = content
        _ = try open()
    }

    @Test("Where no directory can be made the error names it")
    func impossible() throws {
        try overwrite(place.file("file"), with: [1])

        let error = #expect(throws: CacheError.self) { _ = try open(at: place.file("file/cache")) }

        #expect(error?.code == .disk && error?.path.hasSuffix("file") == true)
    }
}
