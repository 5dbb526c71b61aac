package import DatasetCache
package import DatasetJournal
package import DatasetModel
package import DatasetSync
package import Logging

/// The mounted tree: what every kernel request means, in plain values, without a kernel.
///
/// LOCK ORDER: handle < content < inode table; none of these is held across a call to a store.
package final class VirtualFileSystem: Sendable {
    package struct Options: Sendable {
        /// How long what the store said is believed (`--attr-ttl`); zero asks every time.
        package var lifetime: Duration = .seconds(5)
        /// Owner and group that every file shows.
        package var owner: UInt32 = 0
        package var group: UInt32 = 0
        /// Permission bits taken away from 0555 and 0444.
        package var umask: UInt32 = 0o022
        /// Transfers ahead of readers at once.
        package var connections = 4
        /// Bytes of a file that is fetched whole when any of it is read.
        package var wholeFileLimit: UInt64 = 1 << 20
        package var listsAllAttributes = false
        /// Which zip files are directories.
        package var archives = ArchivePolicy.collections
        package var durability = Durability.through
        /// Which names stay here.
        package var names = NamePolicy()
        /// Of this machine, for the names of conflict copies.
        package var host = "here"
        package var backgroundDeadline: Duration = .seconds(60)
        /// What `.datasetfs/config` shows; no secrets.
        package var configuration: [String: String] = [:]

        package init() {}
    }

    // Dependencies
    let catalog: Catalog
    let gate: OfflineGate
    /// The store as the tree shows it: collections are directories.
    let collections: CollectionStore
    /// Archives as the files they are.
    let archives: ContentTable
    let contents: ContentTable
    let time: any TimeSource
    let logger: Logger
    let invalidator = Invalidator()
    /// Nil where the mount only reads.
    let writing: WriteSide?
    package let errors = ErrorLog()

    // Constant data
    let options: Options
    let startedAt: Int64
    let prefetchers: WorkerPool
    /// For the bytes of archives: who reads ahead in a member waits for them.
    let archivePrefetchers: WorkerPool
    let cacheDirectory: String
    /// What went over the wire so far, asked when `.datasetfs/status` is read.
    let transfers: @Sendable () -> StatusReport.Transfers

    // Mutable state
    let inodes = InodeTable()
    let openFiles = OpenFiles()
    let files = HandleTable<FileHandle>()
    let directories = HandleTable<DirectoryHandle>()
    let control = ControlTree()
    let searches = SearchMemory()
    let views = ViewMemory()
    /// Nil where the mount only reads.
    let manifestMemory: ManifestMemory?

    package init(
        store: any Store,
        facts: FactStore,
        cache: BlockCache,
        cacheDirectory: String,
        journal: Journal? = nil,
        options: Options,
        time: any TimeSource = SystemTime(),
        logger: Logger,
        transfers: @escaping @Sendable () -> StatusReport.Transfers = { StatusReport.Transfers() }
    ) {
        self.options = options
        self.time = time
        self.logger = logger
        self.cacheDirectory = cacheDirectory
        self.transfers = transfers
        startedAt = time.wallNanoseconds()
        gate = OfflineGate(store, time: time)
        archives = ContentTable(store: gate, cache: cache, wholeLimit: options.wholeFileLimit)
        prefetchers = WorkerPool(name: "prefetch", threads: max(1, options.connections), capacity: 256)
        archivePrefetchers = WorkerPool(name: "archives", threads: max(1, options.connections), capacity: 256)
        let shelf = ArchiveShelf(
            store: gate,
            means: OpenArchive.Means(
                table: archives,
                prefetchers: archivePrefetchers,
                limit: options.backgroundDeadline,
                checkpoints: CheckpointFiles(directory: cacheDirectory + "/checkpoints")
            ),
            time: time,
            lifetime: options.lifetime
        )
        let collections = CollectionStore(gate, policy: options.archives, shelf: shelf)
        self.collections = collections
        contents = ContentTable(store: collections, sharing: archives)
        manifestMemory = journal.map { ManifestMemory(directory: $0.directory + "/manifests") }
        let changes = journal.map(ChangeTable.init(journal:))
        catalog = Catalog(
            store: collections,
            facts: facts,
            contents: contents,
            changes: changes,
            inodes: inodes,
            invalidator: invalidator,
            time: time,
            lifetime: options.lifetime,
            backgroundDeadline: options.backgroundDeadline,
            logger: logger
        )
        writing = changes.map { [catalog, collections, openFiles, errors] changes in
            let settlement = TreeSettlement(
                catalog: catalog,
                changes: changes,
                files: openFiles,
                host: options.host,
                report: { error, change in
                    let record = ErrorRecord(
                        time: time.wallNanoseconds(),
                        path: catalog.path(of: change),
                        operation: "publish",
                        errno: error.code.errno,
                        cause: error
                    )
                    errors.add(record)
                    logger.warning(
                        "publish failed",
                        metadata: [
                            "path": "\(record.path)", "code": "\(error.code.rawValue)", "message": "\(error.message)",
                        ]
                    )
                }
            )
            let publisher = Publisher(
                changes: changes,
                store: collections,
                settlement: settlement,
                time: time,
                limit: options.backgroundDeadline
            )
            changes.attach { [weak publisher] in publisher?.enqueue($0) }
            return WriteSide(
                journal: changes.journal,
                changes: changes,
                publisher: publisher,
                names: options.names,
                ignores: TreeIgnores(catalog: catalog),
                durability: options.durability
            )
        }
        collections.attach { [weak self] in self?.reportCollection($0, $1) }
        adoptArchives()
        gate.attach { [weak publisher = writing?.publisher, logger] isOffline in
            if isOffline {
                logger.warning("the store cannot be reached; it is tried again every few seconds")
            } else {
                logger.notice("the store can be reached again")
                publisher?.storeIsBack()
            }
        }
    }

    /// Goes on with what earlier mounts left, and looks out for the store whenever it is lost.
    ///
    /// - Throws: When the journal or the facts cannot be read.
    package func start() throws(VFSError) {
        gate.startProbing()
        guard let writing else { return }
        let left = try writing.changes.load()
        try align(left, writing)
        writing.publisher.start(left)
    }

    /// Says whom to tell when something changes; nil before the kernel goes away.
    package func attach(_ kernel: (any KernelCache)?) {
        invalidator.attach(kernel)
    }

    /// Stops all work behind the readers' backs.
    @available(*, noasync, message: "this blocks the calling thread")
    package func shutDown() {
        // All is called off before any of it is waited for.
        catalog.callOff()
        gate.shutDown()
        for file in files.all { file.close() }
        writing?.publisher.shutDown()
        invalidator.shutDown()
        catalog.shutDown()
        prefetchers.shutDown()
        archivePrefetchers.shutDown()
        collections.shelf.clear()
        contents.shutDown()
        writing?.journal.close()
    }

    var store: any Store { catalog.store }

    /// Nothing can be written here.
    package var isReadOnly: Bool { writing == nil }

    /// Uploads that are under way at once.
    package static let uploads = Publisher.width

    /// Runs one operation; what a store said against it leaves a record before the kernel hears the errno.
    func recording<Answer>(
        _ operation: String,
        at path: @autoclosure () -> String,
        _ body: () throws(VFSError) -> Answer
    ) throws(VFSError) -> Answer {
        do throws(VFSError) {
            return try body()
        } catch {
            record(error, operation, at: path())
            throw error
        }
    }

    func record(_ error: VFSError, _ operation: String, at path: String) {
        // An interrupted call is the caller's wish, not a failure.
        guard let cause = error.cause, cause.code != .interrupted else { return }
        errors.add(
            ErrorRecord(
                time: time.wallNanoseconds(),
                path: path,
                operation: operation,
                errno: error.errno,
                cause: cause
            )
        )
        logger.log(
            level: cause.code == .notFound ? .debug : .warning,
            "\(operation) failed",
            metadata: ["path": "\(path)", "code": "\(cause.code.rawValue)", "message": "\(cause.message)"]
        )
    }

    /// Below the mount point, beginning with `/`.
    func path(of inode: UInt64) -> String { catalog.path(of: inode) }

    func path(of name: String, in parent: UInt64) -> String { catalog.path(of: name, in: parent) }
}

extension VirtualFileSystem {
    /// Asks the store once whether it answers at all, and for whom.
    package func greet(until cancellation: Cancellation) throws(VFSError) {
        _ = try catalog.remote { () throws(StoreError) in try store.node(at: .root, until: cancellation) }
    }

    /// The top of the tree was listed by this or an earlier mount, be it long ago or by other choices.
    package var knowsRoot: Bool {
        (try? catalog.facts.listing(of: Inode.root.rawValue)) != nil
    }
}
