import DatasetCache
import DatasetModel
import DatasetSync
import DatasetTestSupport

@testable import DatasetVFS

/// One file of a store, and its content over a cache of its own.
final class ContentFixture: Sendable {
    static let blockSize = 65_536

    let directory: TemporaryDirectory
    let tree = TreeStore()
    let store: FaultyStore
    let expected: ReferenceContent
    let table: ContentTable
    let node: Node
    let content: Content

    init(size: UInt64, keepsBlocks: Bool = true) throws {
        directory = try TemporaryDirectory()
        store = FaultyStore(tree)
        expected = .pattern(seed: size, size: size)
        let id = tree.add("file.bin", expected)
        node = try Self.node(id, of: tree)
        let cache = try BlockCache(
            directory: directory.file("blocks"),
            blockSize: Self.blockSize,
            capacity: 1 << 30,
            reserve: keepsBlocks ? 0 : .max
        )
        table = ContentTable(store: store, cache: cache)
        content = table.acquire(node, size: size, version: node.version ?? Version(""))
    }

    private static func node(_ id: String, of tree: TreeStore) throws -> Node {
        try tree.node(at: Location(id), until: Cancellation())
    }

    func read(
        _ offset: UInt64,
        _ count: Int,
        until cancellation: Cancellation = Cancellation(deadline: .after(.seconds(30)))
    ) throws(StoreError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: count)
        let outcome: Result<Void, StoreError> = unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(StoreError) {
                return .success(try unsafe content.read(at: offset, into: buffer, until: cancellation))
            } catch {
                return .failure(error)
            }
        }
        try outcome.get()
        return bytes
    }

    /// Reads and compares.
    func isRight(_ offset: UInt64, _ count: Int) throws(StoreError) -> Bool {
        expected.firstMismatch(try read(offset, count), at: offset) == nil
    }

    /// The code that a read fails with, nil when it succeeds.
    func failure(_ offset: UInt64, _ count: Int) -> StoreError.Code? {
        do throws(StoreError) {
            _ = try read(offset, count)
            return nil
        } catch {
            return error.code
        }
    }

    /// How often each block was asked for.
    var asked: [UInt64: Int] {
        var counts: [UInt64: Int] = [:]
        for range in store.rangesRead {
            for block in range.offset / 65_536..<(range.end + 65_535) / 65_536 { counts[block, default: 0] += 1 }
        }
        return counts
    }
}

/// Runs `body` on so many threads at once and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).compactMap { index in OwnedThread(name: "reader-\(index)") { body(index) } }
    for thread in threads { thread.join() }
}
