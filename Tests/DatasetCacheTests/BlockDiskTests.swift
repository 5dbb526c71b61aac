import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetCache

/// A disk that is full, read-only or gone makes misses and a warning, nothing else.
@Suite(.enabled(if: SmallDisk.isPossible, "mounting a small disk needs root"))
struct BlockDiskTests {
    private static let size = 65_536
    private let place: TemporaryDirectory
    private let disk: SmallDisk
    private let time = ManualTime()
    private let warnings = Warnings()

    init() throws {
        place = try TemporaryDirectory()
        disk = try SmallDisk(in: place, bytes: 1 << 20)
    }

    private func open(capacity: UInt64 = 1 << 30, reserve: UInt64 = 0) throws -> BlockCache {
        try BlockCache(
            directory: disk.path + "/cache",
            blockSize: Self.size,
            capacity: capacity,
            reserve: reserve,
            time: time,
            onWarning: { [warnings] in warnings.add($0) }
        )
    }

    private func put(_ content: CachedContent, _ numbers: Range<Int>) -> [Int] {
        numbers.filter { content.put($0, block($0, length: Self.size)) }
    }

    @Test("A full disk keeps what fits and serves it")
    func full() throws {
        let cache = try open()
        let content = cache.open(key("a"), size: UInt64(40 * Self.size))

        let kept = put(content, 0..<40)

        #expect((10...16).contains(kept.count))
        for number in 0..<40 {
            let bytes = content.bytes(at: UInt64(number * Self.size), count: Self.size)
            #expect(bytes == (kept.contains(number) ? block(number, length: Self.size) : nil))
        }
    }

    @Test("The reserve stays free, and contents that nobody has open make room for it")
    func reserve() throws {
        let cache = try open(reserve: UInt64(4 * Self.size))
        do { #expect(put(cache.open(key("old"), size: UInt64(6 * Self.size)), 0..<6).count == 6) }
        time.advance(by: .seconds(1))

        let content = cache.open(key("new"), size: UInt64(40 * Self.size))
        let kept = put(content, 0..<40)

        #expect((9...12).contains(kept.count))
        #expect(!exists(paths(of: key("old"), in: disk.path + "/cache").data))
        var status = statvfs()
        #expect(unsafe statvfs(disk.path, &status) == 0)
        #expect(UInt64(status.f_bavail) * UInt64(status.f_frsize) >= UInt64(4 * Self.size))
        #expect(warnings.all.isEmpty)
    }

    @Test("When others fill the disk, blocks are refused and reads go on")
    func filledByOthers() throws {
        let cache = try open()
        let content = cache.open(key("a"), size: UInt64(10 * Self.size))
        #expect(put(content, 0..<2).count == 2)
        try fillUp()

        let other = cache.open(key("b"), size: UInt64(Self.size))

        #expect(put(content, 2..<10).isEmpty && put(other, 0..<1).isEmpty)
        #expect(content.bytes(at: 0, count: 2 * Self.size) != nil)
    }

    @Test("A disk that turned read-only serves what it has and warns once a minute")
    func readOnly() throws {
        let cache = try open()
        do { #expect(put(cache.open(key("a"), size: UInt64(2 * Self.size)), 0..<2).count == 2) }
        // The lock file is open for writing, which keeps a whole file system from turning read-only: cover it.
        let covered = try SmallDiskCover(of: disk.path + "/cache/v1")

        let known = cache.open(key("a"), size: UInt64(2 * Self.size))
        let new = cache.open(key("b"), size: UInt64(2 * Self.size))

        #expect(known.isVolatile && new.isVolatile)
        #expect(put(known, 0..<2).isEmpty && put(new, 0..<2).isEmpty)
        #expect(known.bytes(at: 0, count: 1) == nil && known.present(in: 0..<2).isEmpty)
        #expect(warnings.all.count == 1 && warnings.all[0].contains("Read-only"))
        time.advance(by: .seconds(61))
        _ = cache.open(key("c"), size: 1)
        #expect(warnings.all.count == 2 && warnings.all[1].contains("1 more"))
        cache.remove(location: Location("a"), identity: "test")
        #expect(cache.usage.files == 1, "what cannot be removed is still counted")

        covered.uncover()
        #expect(present(cache))
    }

    @Test("A read-only disk at the start is an error that names the directory")
    func readOnlyStart() throws {
        try disk.makeReadOnly()

        let error = #expect(throws: CacheError.self) { _ = try open() }

        #expect(error?.code == .disk && error?.message.contains("Read-only") == true)
    }

    private func present(_ cache: BlockCache) -> Bool {
        cache.open(key("a"), size: UInt64(2 * Self.size)).isComplete
    }

    private func fillUp() throws {
        let file = try Descriptor(creating: disk.path + "/others")
        var offset: UInt64 = 0
        while true {
            do { try file.write([UInt8](repeating: 1, count: 512), at: offset) } catch { return }
            offset += 512
        }
    }
}

/// Shows a directory read-only for as long as it lives.
private final class SmallDiskCover {
    private let path: String
    private var isCovered = true

    init(of path: String) throws {
        self.path = path
        guard unsafe mount(path, path, nil, UInt(MS_BIND), nil) == 0 else {
            throw SystemFailure(call: "mount", code: errno)
        }
        guard unsafe mount(path, path, nil, UInt(MS_BIND | MS_REMOUNT | MS_RDONLY), nil) == 0 else {
            throw SystemFailure(call: "mount", code: errno)
        }
    }

    deinit { uncover() }

    func uncover() {
        guard isCovered else { return }
        isCovered = false
        _ = unsafe umount2(path, Int32(MNT_DETACH))
    }
}
