internal import DatasetCache
internal import DatasetModel
internal import DatasetSync
internal import Logging
internal import Synchronization

/// What is known of the store's tree, and how more is learnt: facts first, the store where they do not reach.
///
/// Four difficulties:
/// 1. Many programs ask for the same thing at once: one question to the store answers all (`SingleFlight`).
/// 2. What is known grows old: a listing past its lifetime is shown and asked for anew behind the reader's back (`refreshBehind`).
/// 3. A listing tells names before sizes: sizes are asked for ahead of who wants them (`sizeAhead`).
/// 4. Not being able to ask is no answer: only the store's own "not found" removes a name.
final class Catalog: Sendable {
    // Dependencies
    let store: any Store
    let facts: FactStore
    let time: any TimeSource
    let contents: ContentTable
    let invalidator: Invalidator
    let logger: Logger

    /// What is on its way to the store; nil where nothing can be written.
    let changes: ChangeTable?

    // Constant data
    /// How long what the store said is believed without asking again; zero means never.
    let lifetime: Duration
    /// A listing is believed for so many times as long as it took, up to ``longestLifetime``.
    static let patience = 10
    static let longestLifetime: Duration = .seconds(300)
    let background: WorkerPool
    /// For work that nobody waits for.
    let backgroundDeadline: Duration

    // Mutable state
    let nodeFlights = SingleFlight<UInt64, Fact, VFSError>()
    let listingFlights = SingleFlight<UInt64, Bool, VFSError>()
    let absentNames: AbsentNames
    /// Directories that are to be listed anew behind their readers' backs.
    let renewals = Mutex<Set<UInt64>>([])
    let errands = Errands()
    let sizing = SizeSchedule()
    let openVersions: InodeTable
    /// Held while a listing, or a publication, is taken over: each is whole before the other begins.
    let merging = Monitor<Void>(())

    init(
        store: any Store,
        facts: FactStore,
        contents: ContentTable,
        changes: ChangeTable?,
        inodes: InodeTable,
        invalidator: Invalidator,
        time: any TimeSource,
        lifetime: Duration,
        backgroundDeadline: Duration,
        logger: Logger
    ) {
        self.store = store
        self.facts = facts
        self.time = time
        self.contents = contents
        self.changes = changes
        self.invalidator = invalidator
        self.lifetime = lifetime
        self.backgroundDeadline = backgroundDeadline
        self.logger = logger
        openVersions = inodes
        absentNames = AbsentNames(lifetime: lifetime)
        background = WorkerPool(name: "catalog", threads: 16, capacity: 256)
    }

    /// What is known of an inode, without asking the store; who has it open sees what it was when it was opened.
    func fact(_ inode: UInt64) throws(VFSError) -> Fact {
        if let fact = openVersions.detached(inode) { return fact }
        let known = try local { () throws(CacheError) in try facts.fact(inode) }
        // The name may just be going on to a newer version, or have vanished together with a directory above it.
        if let opened = openVersions.opened(inode), known?.version != opened.version { return opened }
        guard let known else { throw .stale }
        return known
    }

    /// What was learnt at `wall` is old enough to be asked for again.
    func isOld(_ wall: Int64) -> Bool { isOld(wall, after: lifetime) }

    /// A listing that takes long is believed longer: asking for it again and again is not to take more than a part of all time.
    func isOld(_ listing: ListingState) -> Bool {
        guard lifetime > .zero else { return true }
        return isOld(listing.listedAt, after: max(lifetime, min(listing.took * Self.patience, Self.longestLifetime)))
    }

    private func isOld(_ wall: Int64, after lifetime: Duration) -> Bool {
        let age = time.wallNanoseconds() - wall
        // A clock that was set back makes an age negative: nobody knows then how old it is.
        return age < 0 || age >= Int64(clamping: lifetime.clampedNanoseconds)
    }

    /// Runs a question to the facts database; its failures are this machine's, not the store's.
    func local<Answer>(_ body: () throws(CacheError) -> Answer) throws(VFSError) -> Answer {
        do throws(CacheError) {
            return try body()
        } catch {
            throw VFSError(
                StoreError(
                    .localFailure,
                    "the facts database failed: \(error)",
                    remedy:
                        "Check the disk of the cache directory; its contents may be deleted while nothing is mounted."
                )
            )
        }
    }

    /// Runs a question to the store.
    func remote<Answer>(_ body: () throws(StoreError) -> Answer) throws(VFSError) -> Answer {
        do throws(StoreError) {
            return try body()
        } catch {
            throw VFSError(error)
        }
    }

    /// Waits for a shared answer; nil from the flight means that the asker itself gave up.
    func shared<Answer>(
        _ outcome: Result<Answer, VFSError>?,
        _ cancellation: Cancellation,
        _ operation: String
    ) throws(VFSError) -> Answer {
        guard let outcome else {
            throw VFSError(StoreError(cancellation.reason ?? .interrupted, during: operation))
        }
        return try outcome.get()
    }

    /// Does something that nobody waits for; called off when the catalog shuts down.
    ///
    /// - Returns: False when too much is waiting already: it will not be done.
    func inBackground(_ work: @escaping @Sendable (Catalog, Cancellation) -> Void) -> Bool {
        let ticket = errands.ticket()
        return background.submit { [weak self] in
            guard let self else { return }
            errands.run(ticket, within: backgroundDeadline) { work(self, $0) }
        }
    }

    /// Ends what runs behind the readers' backs; nothing begins any more.
    func callOff() {
        errands.callOff(isFinal: true)
    }

    @available(*, noasync, message: "this blocks the calling thread")
    func shutDown() {
        callOff()
        background.shutDown()
    }
}
