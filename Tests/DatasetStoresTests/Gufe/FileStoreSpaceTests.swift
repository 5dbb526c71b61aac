import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

/// On a file system of its own, small or read-only; only root can have one.
@Suite("Gufe.FileStore on a file system that says no", .enabled(if: SmallFileSystem.isPossible, "no right to mount"))
struct FileStoreSpaceTests {
    private let fileSystem: SmallFileSystem

    init() throws {
        fileSystem = try SmallFileSystem(bytes: 4 << 20)
    }

    @Test("A full disk is told as such, and costs nothing that was there")
    func full() async throws {
        let store = try Gufe.FileStore(directory: fileSystem.path)
        let small = ReferenceContent.text("small")
        let node = try await onThread {
            try store.create(
                Creation(.file, named: "file", in: .root),
                content: small,
                ledger: TestLedger(),
                until: Cancellation()
            )
        }
        let huge = ReferenceContent.pattern(seed: 1, size: 8 << 20)

        let creating = await #expect(throws: StoreError.self) {
            try await onThread {
                let creation = Creation(.file, named: "huge", in: .root)
                _ = try store.create(creation, content: huge, ledger: TestLedger(), until: Cancellation())
            }
        }
        let replacing = await #expect(throws: StoreError.self) {
            try await onThread {
                let version = node.version ?? Version("")
                _ = try store.replace(
                    node.location,
                    version: version,
                    with: huge,
                    ledger: TestLedger(),
                    until: Cancellation()
                )
            }
        }

        #expect(creating?.code == .quotaExceeded)
        #expect(replacing?.code == .quotaExceeded)
        #expect(creating?.remedy != nil)
        #expect(try FileNames.all(in: fileSystem.path) == ["file"])
        let sink = CollectingSink()
        try await onThread {
            try store.read(small.wholeRange, of: node, into: sink, until: Cancellation())
        }
        #expect(sink.bytes == small.allBytes)
    }

    @Test("A read-only file system makes a store that can only be read")
    func readOnly() async throws {
        try fileSystem.makeReadOnly()
        let store = try Gufe.FileStore(directory: fileSystem.path)

        #expect(!store.traits.isWritable)
        let error = #expect(throws: StoreError.self) {
            try store.check(Creation(.file, named: "file", in: .root))
        }
        #expect(error?.code == .readOnly)
        #expect(error?.remedy != nil)
    }

    @Test("A file system that becomes read-only is told as such")
    func becomesReadOnly() async throws {
        let store = try Gufe.FileStore(directory: fileSystem.path)
        try fileSystem.makeReadOnly()

        let error = await #expect(throws: StoreError.self) {
            try await onThread {
                let creation = Creation(.directory, named: "directory", in: .root)
                _ = try store.create(creation, content: nil, ledger: TestLedger(), until: Cancellation())
            }
        }

        #expect(error?.code == .readOnly)
    }
}

/// A file system in memory, gone with this object.
final class SmallFileSystem: Sendable {
    /// `MS_REMOUNT` and `MS_RDONLY` of mount(2).
    private static let remountReadOnly: UInt = 32 | 1

    private let directory: TemporaryDirectory
    var path: String { directory.path }

    static let isPossible = geteuid() == 0 && (try? SmallFileSystem(bytes: 1 << 20)) != nil

    init(bytes: Int) throws {
        directory = try TemporaryDirectory()
        let status = unsafe mount("tmpfs", directory.path, "tmpfs", 0, "size=\(bytes),mode=700")
        try #require(status == 0, "mount: errno \(errno)")
    }

    func makeReadOnly() throws {
        let status = unsafe mount("tmpfs", path, "tmpfs", Self.remountReadOnly, "")
        try #require(status == 0, "mount: errno \(errno)")
    }

    deinit {
        // Once more without waiting when something still holds it: the tests' own temporary directory must go.
        _ = unsafe umount2(path, Int32(MNT_DETACH))
    }
}
