import DatasetCache
import DatasetJournal
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Logging
import Synchronization

@testable import DatasetVFS

/// A file system over a store and a cache of its own, asked as the kernel asks.
///
/// One clock and one counted store for all its lives; a remount or a crash begins the next one.
final class Mounted: Sendable {
    /// What a mount that can be written has besides.
    struct Writing {
        var durability = Durability.through
        /// Bytes that are to stay free on the disk of the state directory.
        var reserve: UInt64 = 0
        /// Contents up to this size lie in the journal's database.
        var inlineLimit = 128 << 10
    }

    struct Life: Sendable {
        let vfs: VirtualFileSystem
        let line: CutStore
        /// Directories of cache and journal, below the mount's own.
        let cache: String
        let state: String?
    }

    let directory: TemporaryDirectory
    let time = ManualTime()
    let store: FaultyStore
    let kernel: RecordingKernel
    let base: any Store
    private let options: VirtualFileSystem.Options
    private let writing: Writing?
    private let keepsBlocks: Bool
    private let number = Atomic(0)
    private let ends = Atomic(false)
    let current: Mutex<Life?>

    init(
        _ base: any Store,
        keepsBlocks: Bool = true,
        writing: Writing? = nil,
        kernel: RecordingKernel = RecordingKernel(),
        _ configure: (inout VirtualFileSystem.Options) -> Void = { _ in }
    ) throws {
        directory = try TemporaryDirectory()
        self.base = base
        store = FaultyStore(base)
        self.kernel = kernel
        self.keepsBlocks = keepsBlocks
        self.writing = writing
        var options = VirtualFileSystem.Options()
        // The trees here are small, and what is tested is how parts of files travel.
        options.wholeFileLimit = 0
        options.durability = writing?.durability ?? .through
        configure(&options)
        self.options = options
        current = Mutex(nil)
        try begin(cache: "cache-0", state: writing == nil ? nil : "state-0")
        time.onAdvance { [weak self] in
            self?.current.withLock { life in
                life?.vfs.writing?.publisher.state.update { _ in }
                life?.vfs.gate.lookAgain()
            }
        }
    }

    private func begin(cache: String, state: String?) throws {
        let line = CutStore(store)
        let path = directory.file(cache)
        guard unsafe Glibc.mkdir(path, 0o700) == 0 || errno == EEXIST else { throw VFSError(errno: errno) }
        let journal = try state.map { name in
            try Journal(
                directory: directory.file(name),
                identity: store.traits.identity,
                reserve: writing?.reserve ?? 0,
                inlineLimit: writing?.inlineLimit ?? 0
            ) { _ in }
        }
        let vfs = VirtualFileSystem(
            store: line,
            facts: try FactStore(path: path + "/facts.sqlite", identity: store.traits.identity),
            cache: try BlockCache(
                directory: path + "/blocks",
                capacity: 1 << 30,
                // With more to leave free than any disk has, no block is ever kept.
                reserve: keepsBlocks ? 0 : .max
            ),
            cacheDirectory: path,
            journal: journal,
            options: options,
            time: time,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        vfs.attach(kernel)
        try vfs.start()
        current.withLock { $0 = Life(vfs: vfs, line: line, cache: cache, state: state) }
    }

    var life: Life {
        guard let life = current.withLock({ $0 }) else { preconditionFailure("the last remount failed") }
        return life
    }

    var vfs: VirtualFileSystem { life.vfs }

    func context(within limit: Duration = .seconds(30)) -> CallContext {
        CallContext(cancellation: Cancellation(deadline: .after(limit)))
    }

    func shutDown() {
        current.withLock { $0 }?.vfs.shutDown()
    }

    /// Everything closed and opened again.
    ///
    /// - Parameter fresh: The cache is deleted in between.
    func remount(deletingCache fresh: Bool = false) throws {
        shutDown()
        try beginAnew(fresh, state: life.state)
    }

    /// Ends as a process that is killed ends, and mounts what is on the disk.
    ///
    /// The journal is copied as it is at this moment; what the killed one still does reaches neither store nor copy.
    ///
    /// - Parameter fresh: The cache is lost as well.
    func crash(deletingCache fresh: Bool = false) throws {
        guard let state = life.state else { return try remount(deletingCache: fresh) }
        let copy = "state-\(number.wrappingAdd(1, ordering: .relaxed).newValue)"
        try cut(copying: state, to: copy)
        shutDown()
        try beginAnew(fresh, state: copy)
    }

    private func cut(copying state: String, to copy: String) throws {
        let (from, to, line) = (directory.file(state), directory.file(copy), life.line)
        // No commit in between: what is copied is what was on the disk at one moment.
        try vfs.writing?.changes.transact { _ throws(VFSError) in
            line.cut()
            guard copyTree(from, to) else { throw VFSError(errno: EIO) }
        }
    }

    private func beginAnew(_ isFresh: Bool, state: String?) throws {
        let cache = isFresh ? "cache-\(number.wrappingAdd(1, ordering: .relaxed).newValue)" : life.cache
        // The old one goes first: its files have one owner at a time.
        current.withLock { $0 = nil }
        try begin(cache: cache, state: state)
    }

    /// Whoever works beside the test is to stop.
    var isOver: Bool { ends.load(ordering: .relaxed) }

    func end() { ends.store(true, ordering: .relaxed) }

    /// Store calls of any kind so far.
    var calls: Int { FaultyStore.Call.allCases.map { store.calls($0) }.reduce(0, +) }
}

/// Runs `body` with a mount that is closed afterwards, also when it throws, on a thread that may wait.
func withMount<Answer: Sendable>(
    _ base: any Store,
    keepsBlocks: Bool = true,
    writing: Mounted.Writing? = nil,
    kernel: RecordingKernel = RecordingKernel(),
    _ configure: (inout VirtualFileSystem.Options) -> Void = { _ in },
    _ body: @escaping @Sendable (Mounted) throws -> Answer
) async throws -> Answer {
    let mount = try Mounted(base, keepsBlocks: keepsBlocks, writing: writing, kernel: kernel, configure)
    return try await onThread { () throws(any Error) in
        defer { mount.shutDown() }
        return try body(mount)
    }
}

/// The same, with a mount that can be written.
func withMount<Answer: Sendable>(
    _ durability: Durability,
    _ base: any Store,
    _ configure: (inout VirtualFileSystem.Options) -> Void = { _ in },
    _ body: @escaping @Sendable (Mounted) throws -> Answer
) async throws -> Answer {
    try await withMount(base, writing: Mounted.Writing(durability: durability), configure, body)
}
