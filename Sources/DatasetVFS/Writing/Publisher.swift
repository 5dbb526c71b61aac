internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// Makes the store agree with the journal, many changes at once, behind the programs' backs.
///
/// Three difficulties:
/// 1. Order: a file waits for its directory, a removal for the copy it would otherwise be the last trace of (`PublishQueue`).
/// 2. What is published may be altered meanwhile: what was sent is a snapshot, and the newer state goes next.
/// 3. A store that cannot be reached is no verdict: only a refusal parks a change, anything else is tried again for ever.
final class Publisher: Sendable {
    struct State {
        var queue = PublishQueue()
        var burst = Burst()
        /// Jobs that workers have taken and not given back.
        var running = 0
        var isClosed = false

        /// Until when no further job is to be taken because programs are writing; nil when one may be.
        func pause(at now: MonotonicTime) -> MonotonicTime? {
            burst.allowance(at: now).flatMap { running < $0.width ? nil : $0.end }
        }
    }

    let changes: ChangeTable
    let store: any Store
    let time: any TimeSource
    /// How long one attempt may take besides the time its bytes need, and how long who waits sees no byte move.
    let limit: Duration
    let state = Monitor(State())
    /// What follows from an outcome, in the facts and for who has the file open.
    let settlement: any Settlement
    private let threads = Monitor<[OwnedThread]>([])
    /// Held by the one idle worker that waits for the queue: news wakes it alone, and it hands the watch on when it takes a job.
    ///
    /// LOCK ORDER: watch < state.
    private let watch = Monitor<Void>(())
    /// Bursts are a matter of this machine's moments, whatever time the queue goes by.
    private let clock = SystemTime()

    /// Changes published at once.
    static let width = 16
    /// Bytes a second that an upload makes at worst before its attempt is begun anew.
    static let slowest: UInt64 = 64 << 10

    init(
        changes: ChangeTable,
        store: any Store,
        settlement: any Settlement,
        time: any TimeSource,
        limit: Duration
    ) {
        self.changes = changes
        self.store = store
        self.settlement = settlement
        self.time = time
        self.limit = limit
    }

    /// Begins to work; what earlier mounts left goes first.
    func start(_ left: [Change]) {
        for change in left where change.scope == .published { enqueue(change) }
        let workers = (0..<Self.width).compactMap { index in
            OwnedThread(name: "publish-\(index)") { [weak self] in
                while let publisher = self, let job = publisher.next() {
                    publisher.run(job.id, job.cancellation)
                    publisher.state.update { $0.running -= 1 }
                }
            }
        }
        threads.update { $0 = workers }
    }

    /// Asks for a change to be published as soon as it can be.
    func enqueue(_ change: Change, after others: Set<ChangeID> = []) {
        var needed = others
        if let directory = change.parent.pendingID { needed.insert(directory) }
        let now = time.now()
        // What has the name now goes first: a store that renames holds one thing of a name. (Where everything is copied to
        // be renamed, names may stand twice for a while, and two files that change places would wait for each other.)
        if change.isCreation, store.traits.renaming != .never {
            needed.formUnion(changes.removals(of: change.name, in: change.parent).map(\.id))
        }
        if let copy = change.predecessor { needed.insert(copy) }
        // A directory goes when nothing is left in it.
        if change.isRemoval, change.kind == .directory {
            needed.formUnion(changes.children(of: change.location).map(\.id))
        }
        // A clock that was set back makes no pause longer.
        let pause = min(change.notBefore - time.wallNanoseconds(), WriteSide.passingPause)
        let moment = change.notBefore > 0 && pause > 0 ? now + .nanoseconds(pause) : nil
        state.update { state in
            // What is known and not asked for yet is about to be.
            for other in needed where changes[other] != nil { state.queue.expect(other, now: now) }
            // A parked directory parks nothing else: what waits for it waits for its retry.
            state.queue.add(change.id, after: needed, notBefore: moment, now: now)
            // What an earlier mount could not publish for good waits to be asked for.
            if let failure = change.failure, failure.isFinal { state.queue.park(change.id, StoreError(failure)) }
        }
    }

    /// What waits for another try because the store could not be reached goes now.
    func storeIsBack() {
        state.update { $0.queue.hurry() }
    }

    /// A file was closed that nobody waits for: more may follow at once.
    func noteClose() {
        state.withLock { $0.burst.note(at: clock.now()) }
    }

    /// Waits until a change is published.
    ///
    /// - Throws: Why it was not: what the store said, or `.timedOut` when no byte moved for the limit. It goes on behind.
    func wait(for id: ChangeID, until cancellation: Cancellation) throws(StoreError) {
        state.update { state in
            state.queue.listen(id)
            state.burst.end()
        }
        defer { state.withLock { $0.queue.stopListening(id) } }
        while true {
            let patience = Deadline.after(limit).earlier(cancellation.deadline)
            let ends = Cancellation(deadline: patience)
            let registration = cancellation.onCancel { ends.cancel() }
            let outcome: Result<Void, StoreError>? = state.wait(until: ends) { state in
                guard let entry = state.queue[id] else { return .success(()) }
                if let failure = entry.failure { return .failure(failure) }
                return entry.phase == .over ? .success(()) : nil
            }
            cancellation.forget(registration)
            if let outcome { return try outcome.get() }
            if let reason = cancellation.reason { throw StoreError(reason, during: "publishing") }
            let last = state.withLock { $0.queue[id]?.lastProgress }
            if let last, time.now() - last < limit { continue }
            throw StoreError(
                .timedOut,
                "nothing moved for \(Int(limit.inSeconds)) seconds while it was published",
                remedy: "Nothing is lost: it is tried again behind your back; “datasetfs status” shows how far it is."
            )
        }
    }

    /// Sees to it that a change is not being published and will not be until it is asked for anew.
    ///
    /// It may just have been published: look at the table afterwards.
    func withdraw(_ id: ChangeID, until cancellation: Cancellation) throws(StoreError) {
        let running = state.update { state -> Cancellation? in
            state.queue.hold(id) ? nil : state.queue[id]?.cancellation
        }
        running?.cancel()
        let isHeld: Bool? = state.wait(until: cancellation) { state in state.queue.hold(id) ? true : nil }
        guard isHeld != nil else {
            state.update { $0.queue.letGo(id) }
            throw StoreError(cancellation.reason ?? .interrupted, during: "waiting for an upload")
        }
    }

    /// What was withdrawn and then left as it is goes on its way.
    func resume(_ id: ChangeID) {
        guard let row = changes[id], row.isDurable, row.change.scope == .published else { return }
        guard state.withLock({ $0.queue[id]?.phase == .held }) else { return }
        enqueue(row.change)
    }

    /// Waits a moment for an attempt under way to end by itself.
    func letEnd(_ id: ChangeID, within limit: Duration) {
        _ = state.wait(until: .after(limit)) { state in state.queue[id]?.phase == .running ? nil : true }
    }

    /// Keeps a change from being published from now on.
    ///
    /// - Returns: False when it is being published just now.
    func hold(_ id: ChangeID) -> Bool {
        state.update { $0.queue.holdUnlessRunning(id) }
    }

    /// It is not wanted any more.
    func forget(_ id: ChangeID) {
        state.update { $0.queue.finish(id) }
    }

    /// Waits until nothing is left that could still go.
    ///
    /// - Returns: False when the time was over first.
    func drain(until cancellation: Cancellation) -> Bool {
        state.wait(until: cancellation) { $0.queue.isQuiet ? true : nil } ?? false
    }

    /// It is not parked, and waits for nothing that is.
    func canMove(_ id: ChangeID) -> Bool { state.withLock { $0.queue.canMove(id) } }

    func entry(of id: ChangeID) -> PublishQueue.Entry? { state.withLock { $0.queue[id] } }

    /// Stops; what was not published is published by the next mount.
    @available(*, noasync, message: "this blocks the calling thread")
    func shutDown() {
        let running = state.update { state in
            state.isClosed = true
            return state.queue.entries.values.compactMap(\.cancellation)
        }
        for cancellation in running { cancellation.cancel() }
        for thread in threads.withLock({ $0 }) { thread.join() }
    }

    private enum Step {
        case job(ChangeID, Cancellation)
        /// Something may go earlier than was waited for.
        case lookAgain
        case close
    }

    private func next() -> (id: ChangeID, cancellation: Cancellation)? {
        watch.withLock { _ in waitForJob() }
    }

    private func waitForJob() -> (id: ChangeID, cancellation: Cancellation)? {
        while true {
            let pause = state.withLock { $0.pause(at: clock.now()) ?? $0.queue.nextTime }
            let step: Step? = state.wait(until: Deadline(time: pause)) { state in
                if state.isClosed { return .close }
                if let held = state.pause(at: clock.now()) { return held == pause ? nil : .lookAgain }
                let cancellation = Cancellation()
                if let id = state.queue.take(at: time.now(), cancellation) {
                    state.running += 1
                    return .job(id, cancellation)
                }
                return state.queue.nextTime != pause ? .lookAgain : nil
            }
            switch step {
            case .job(let id, let cancellation): return (id, cancellation)
            case .close: return nil
            case .lookAgain, nil: continue
            }
        }
    }
}

extension Publisher {
    /// Waits until something else is known of a change than now: it runs again, is over, or is parked.
    ///
    /// - Returns: False when it is parked or the time was over: there is nothing to wait for.
    func waitForChange(of id: ChangeID, until cancellation: Cancellation) -> Bool {
        let isMoving: Bool? = state.wait(until: cancellation) { state in
            guard let entry = state.queue[id] else { return true }
            switch entry.phase {
            case .parked, .held: return false
            case .running, .ready, .over: return true
            case .blocked: return entry.failure == nil ? true : nil
            case .delayed: return nil
            }
        }
        return isMoving ?? false
    }
}
