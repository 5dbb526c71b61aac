import DatasetCache
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Logging
import Synchronization

@testable import DatasetVFS

/// A file system over a store and a cache of its own, asked as the kernel asks.
final class Mounted: Sendable {
    let directory: TemporaryDirectory
    let time = ManualTime()
    let store: FaultyStore
    let kernel: RecordingKernel
    private let options: VirtualFileSystem.Options
    private let keepsBlocks: Bool
    private let current: Mutex<VirtualFileSystem?>

    init(
        _ base: any Store,
        keepsBlocks: Bool = true,
        kernel: RecordingKernel = RecordingKernel(),
        _ configure: (inout VirtualFileSystem.Options) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        store = FaultyStore(base)
        self.kernel = kernel
        self.keepsBlocks = keepsBlocks
        var options = VirtualFileSystem.Options()
        // The trees here are small, and what is tested is how parts of files travel.
        options.wholeFileLimit = 0
        configure(&options)
        self.options = options
        current = Mutex(
            try Self.mount(store, directory.path, time, options, keepsBlocks: keepsBlocks, kernel)
        )
    }

    private static func mount(
        _ store: FaultyStore,
        _ directory: String,
        _ time: ManualTime,
        _ options: VirtualFileSystem.Options,
        keepsBlocks: Bool,
        _ kernel: RecordingKernel
    ) throws -> VirtualFileSystem {
        let vfs = VirtualFileSystem(
            store: store,
            facts: try FactStore(path: directory + "/facts.sqlite", identity: store.traits.identity),
            cache: try BlockCache(
                directory: directory + "/blocks",
                capacity: 1 << 30,
                // With more to leave free than any disk has, no block is ever kept.
                reserve: keepsBlocks ? 0 : .max
            ),
            cacheDirectory: directory,
            options: options,
            time: time,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        vfs.attach(kernel)
        return vfs
    }

    var vfs: VirtualFileSystem {
        guard let vfs = current.withLock({ $0 }) else { preconditionFailure("the last remount failed") }
        return vfs
    }

    func context(within limit: Duration = .seconds(30)) -> CallContext {
        CallContext(cancellation: Cancellation(deadline: .after(limit)))
    }

    func shutDown() {
        vfs.shutDown()
    }

    /// Everything closed and opened again on the same cache directory.
    func remount() throws {
        shutDown()
        let (store, path, time, options, keepsBlocks, kernel) =
            (store, directory.path, time, options, keepsBlocks, kernel)
        try current.withLock { current in
            // The old one goes first: its files have one owner at a time.
            current = nil
            current = try Self.mount(store, path, time, options, keepsBlocks: keepsBlocks, kernel)
        }
    }

    /// Store calls of any kind so far.
    var calls: Int { FaultyStore.Call.allCases.map { store.calls($0) }.reduce(0, +) }
}

/// Runs `body` with a mount that is closed afterwards, also when it throws, on a thread that may wait.
func withMount<Answer: Sendable>(
    _ base: any Store,
    keepsBlocks: Bool = true,
    kernel: RecordingKernel = RecordingKernel(),
    _ configure: (inout VirtualFileSystem.Options) -> Void = { _ in },
    _ body: @escaping @Sendable (Mounted) throws -> Answer
) async throws -> Answer {
    let mount = try Mounted(base, keepsBlocks: keepsBlocks, kernel: kernel, configure)
    return try await onThread { () throws(any Error) in
        defer { mount.shutDown() }
        return try body(mount)
    }
}

/// The errno that `body` fails with, 0 when it does not.
func errno<Answer>(_ body: () throws(VFSError) -> Answer) -> Int32 {
    do throws(VFSError) {
        _ = try body()
        return 0
    } catch {
        return error.errno
    }
}

/// Looks again and again until it is so; true when it was in time.
func eventually(within limit: Duration = .seconds(20), _ condition: () -> Bool) -> Bool {
    let deadline = Deadline.after(limit)
    while !condition() {
        if deadline.hasPassed(at: SystemTime().now()) { return false }
        usleep(1000)
    }
    return true
}
