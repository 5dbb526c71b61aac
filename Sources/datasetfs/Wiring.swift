internal import Crypto
internal import DatasetCache
internal import DatasetHTTP
internal import DatasetJournal
internal import DatasetModel
internal import DatasetStores
internal import DatasetSync
internal import DatasetVFS
internal import Logging

/// The only place that sees every part: builds stores and file systems from settings.
enum Wiring {
    /// A store with what must be shut down after it.
    struct WiredStore {
        let store: any Store
        let transport: CurlTransport?
        let statistics: TransferStatistics?

        func shutDown() {
            transport?.shutDown()
        }
    }

    static func store(
        _ settings: StoreSettings,
        connections: Int,
        logger: Logger
    ) throws(Failure) -> WiredStore {
        do throws(StoreError) {
            switch settings.address {
            case .directory(let path):
                return WiredStore(store: try Gufe.FileStore(directory: path), transport: nil, statistics: nil)
            case .memory:
                return WiredStore(store: Gufe.MemoryStore(), transport: nil, statistics: nil)
            case .edison(let endpoint, let dataset):
                return try edison(
                    settings,
                    endpoint: endpoint,
                    dataset: dataset,
                    connections: connections,
                    logger: logger
                )
            case .named(let name):
                // StoreSettings has resolved names already; one that is left names nothing.
                throw StoreError(.notFound, "“\(name):” is no store")
            }
        } catch {
            throw Failure(error)
        }
    }

    /// Everything of one mount's cache, below a directory of the store's own.
    static func fileSystem(
        _ wired: WiredStore,
        plan: MountPlan,
        logger: Logger
    ) throws(Failure) -> VirtualFileSystem {
        let identity = wired.store.traits.identity
        let directory = plan.cacheBase + "/" + directoryName(of: identity)
        try Paths.make(directory)
        let journal = try Self.journal(wired, plan: plan, logger: logger)
        do throws(CacheError) {
            let cache = try BlockCache(
                directory: directory + "/blocks",
                capacity: plan.command.cacheSize.bytes,
                reserve: plan.command.cacheFreeSpace.bytes,
                onWarning: { logger.warning("\($0)") }
            )
            let facts = try FactStore(path: directory + "/facts.sqlite", identity: identity) { logger.warning("\($0)") }
            try facts.adopt(rootChoices: plan.store.rootChoices)
            return VirtualFileSystem(
                store: wired.store,
                facts: facts,
                cache: cache,
                cacheDirectory: directory,
                journal: journal,
                options: options(of: plan),
                logger: logger,
                transfers: {
                    let total = wired.statistics?.snapshot.total
                    return StatusReport.Transfers(
                        requests: total?.requests ?? 0,
                        bytesReceived: total?.bytesReceived ?? 0,
                        bytesSent: total?.bytesSent ?? 0
                    )
                }
            )
        } catch {
            throw Failure(cache: error, directory: directory)
        }
    }

    /// What is written and not published yet, below a directory of the store's own; nil where nothing is to be written.
    private static func journal(_ wired: WiredStore, plan: MountPlan, logger: Logger) throws(Failure) -> Journal? {
        guard wired.store.traits.isWritable, !plan.isReadOnly else { return nil }
        let identity = wired.store.traits.identity
        let directory = plan.stateBase + "/" + directoryName(of: identity)
        try Paths.make(directory)
        do throws(JournalError) {
            return try Journal(directory: directory, identity: identity) { logger.warning("\($0)") }
        } catch {
            throw Failure(journal: error, directory: directory)
        }
    }

    private static func options(of plan: MountPlan) -> VirtualFileSystem.Options {
        var options = VirtualFileSystem.Options()
        options.lifetime = .seconds(plan.command.attrTtl)
        options.owner = plan.command.uid
        options.group = plan.command.gid
        options.umask = plan.umask
        options.connections = plan.command.storeOptions.connections
        options.listsAllAttributes = plan.command.listAllXattrs
        options.durability = plan.command.durability
        options.archives = plan.command.archives
        options.names = NamePolicy(ignoring: plan.command.ignore)
        options.host = plan.host
        options.backgroundDeadline = .seconds(plan.command.storeOptions.deadline)
        options.configuration = plan.shown
        return options
    }

    /// A store's identity as a directory name: what tells stores apart, nothing that could be read back.
    static func directoryName(of identity: String) -> String {
        let digest = SHA256.hash(data: Array(identity.utf8))
        return digest.prefix(12).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension Failure {
    init(journal error: JournalError, directory: String) {
        if case .busy = error.code {
            self.init(
                .cacheBusy,
                "\(error.message). Is this store mounted already? “datasetfs status” tells; “-o ro --cache-dir DIR” mounts it once more for reading."
            )
        } else {
            self.init(
                .failed,
                "\(error.message). --state-dir chooses another place; what lies in \(directory) and is not published stays there."
            )
        }
    }

    init(cache error: CacheError, directory: String) {
        if case .busy = error.code {
            self.init(
                .cacheBusy,
                "\(error.message). Is this store mounted already? “datasetfs status” tells; --cache-dir gives a second mount of it a cache of its own."
            )
        } else {
            self.init(
                .failed,
                "the cache in \(directory) cannot be used: \(error.message). --cache-dir chooses another place."
            )
        }
    }
}
