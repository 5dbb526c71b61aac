internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync

/// Which change is published next: a pure value moved by what is asked for and by what came of it.
///
/// INVARIANT: an id is in `ready` or `delayed` only while its phase says so; stale places are skipped when they are met.
struct PublishQueue {
    enum Phase: Equatable {
        case ready
        /// Until a time: a pause after a failure, or a name in passing.
        case delayed(MonotonicTime)
        /// Until others are published: the directory it goes into, the copy that a removal waits for.
        case blocked(Set<ChangeID>)
        case running
        /// Refused for good; `failure` says why.
        case parked
        /// Somebody is about to alter it.
        case held
        /// Over; kept for those that wait to hear of it.
        case over
    }

    struct Entry {
        var phase: Phase
        var failure: StoreError?
        /// Attempts that failed in a row.
        var tries = 0
        var bytesSent: UInt64 = 0
        /// When the attempt under way began.
        var startedAt: MonotonicTime?
        var lastProgress: MonotonicTime
        /// Somebody wants to hear how it ends.
        var listeners = 0
        /// Asked for once more while it was running.
        var isWantedAgain = false
        /// Somebody wants to alter it as soon as it does not run any more.
        var isToBeHeld = false
        var cancellation: Cancellation?
    }

    static let firstPause: Duration = .seconds(1)
    static let longestPause: Duration = .seconds(60)

    private(set) var entries: [ChangeID: Entry] = [:]
    private var ready = Line()
    /// Latest first.
    private var delayed: [(time: MonotonicTime, id: ChangeID)] = []
    private var dependents: [ChangeID: Set<ChangeID>] = [:]

    subscript(id: ChangeID) -> Entry? { entries[id] }

    /// Asks for a change to be published; what is known of earlier failures is forgotten.
    ///
    /// - Parameters:
    ///   - needed: Changes that must be over before.
    ///   - time: Not before then.
    mutating func add(_ id: ChangeID, after needed: Set<ChangeID>, notBefore time: MonotonicTime?, now: MonotonicTime) {
        var entry = entries[id] ?? Entry(phase: .held, lastProgress: now)
        entry.failure = nil
        entry.lastProgress = now
        guard entry.phase != .running else {
            entry.isWantedAgain = true
            entries[id] = entry
            return
        }
        entry.tries = 0
        entries[id] = entry
        let open = needed.filter { isOpen($0) }
        if !open.isEmpty {
            for other in open { dependents[other, default: []].insert(id) }
            set(id, .blocked(open))
        } else if let time, time > now {
            delay(id, until: time)
        } else {
            set(id, .ready)
            ready.append(id)
        }
    }

    /// Something will be asked for: others wait for it from now on.
    mutating func expect(_ id: ChangeID, now: MonotonicTime) {
        if entries[id] == nil { entries[id] = Entry(phase: .held, lastProgress: now) }
    }

    /// The next one that may go; it runs from now on.
    mutating func take(at now: MonotonicTime, _ cancellation: @autoclosure () -> Cancellation) -> ChangeID? {
        while let last = delayed.last, last.time <= now {
            delayed.removeLast()
            guard entries[last.id]?.phase == .delayed(last.time) else { continue }
            set(last.id, .ready)
            ready.append(last.id)
        }
        while let id = ready.popFirst() {
            guard entries[id]?.phase == .ready else { continue }
            set(id, .running)
            entries[id]?.failure = nil
            entries[id]?.cancellation = cancellation()
            entries[id]?.bytesSent = 0
            entries[id]?.startedAt = now
            entries[id]?.lastProgress = now
            return id
        }
        return nil
    }

    /// When ``take(at:_:)`` may have something that it has not now.
    var nextTime: MonotonicTime? { delayed.last?.time }

    /// It is done, or not wanted any more.
    ///
    /// - Parameter failure: What whoever waits is told although it is over.
    mutating func finish(_ id: ChangeID, failure: StoreError? = nil) {
        guard var entry = entries[id] else { return }
        if entry.listeners > 0 {
            entry.phase = .over
            entry.failure = failure
            entry.cancellation = nil
            entries[id] = entry
        } else {
            entries[id] = nil
        }
        release(id)
    }

    /// It failed and is tried again.
    mutating func postpone(_ id: ChangeID, _ failure: StoreError, now: MonotonicTime) {
        guard var entry = entries[id], entry.phase == .running else { return }
        guard !entry.isToBeHeld, !entry.isWantedAgain else { return stop(id) }
        entry.failure = failure
        entry.tries += 1
        entry.cancellation = nil
        entries[id] = entry
        let doubled = Self.firstPause * (1 << min(entry.tries - 1, 10))
        delay(id, until: now + min(doubled, Self.longestPause))
    }

    /// What failed because the store could not be reached is not kept waiting any longer.
    mutating func hurry() {
        for (id, entry) in entries.sorted(by: { $0.key < $1.key }) {
            guard case .delayed = entry.phase, entry.failure?.code.isConnectivity == true else { continue }
            set(id, .ready)
            ready.append(id)
        }
    }

    /// It failed and is left until somebody asks for it anew.
    mutating func park(_ id: ChangeID, _ failure: StoreError) {
        guard let entry = entries[id] else { return }
        guard !entry.isToBeHeld, !entry.isWantedAgain else { return stop(id) }
        entries[id]?.failure = failure
        entries[id]?.cancellation = nil
        set(id, .parked)
    }

    /// Keeps it from being taken; what runs is to be cancelled by the caller, and is held when it ends.
    ///
    /// - Returns: Whether it is held: false while it still runs.
    mutating func hold(_ id: ChangeID) -> Bool {
        guard let entry = entries[id] else { return true }
        guard entry.phase != .running else {
            entries[id]?.isToBeHeld = true
            return false
        }
        if entry.phase != .over { set(id, .held) }
        return true
    }

    /// Whoever wanted to alter it has given up.
    mutating func letGo(_ id: ChangeID) { entries[id]?.isToBeHeld = false }

    /// The same, but what runs is left alone.
    mutating func holdUnlessRunning(_ id: ChangeID) -> Bool {
        guard let entry = entries[id] else { return true }
        guard entry.phase != .running else { return false }
        return hold(id)
    }

    /// What ran has ended and there is more to do for it: at once, or by whoever wants to alter it first.
    mutating func stop(_ id: ChangeID) {
        guard let entry = entries[id] else { return }
        entries[id]?.cancellation = nil
        entries[id]?.isToBeHeld = false
        entries[id]?.isWantedAgain = false
        set(id, entry.isToBeHeld ? .held : .ready)
        if !entry.isToBeHeld { ready.append(id) }
    }

    mutating func note(_ bytes: UInt64, of id: ChangeID, now: MonotonicTime) {
        guard let entry = entries[id], entry.bytesSent != bytes else { return }
        entries[id]?.bytesSent = bytes
        entries[id]?.lastProgress = now
    }

    mutating func listen(_ id: ChangeID) { entries[id]?.listeners += 1 }

    mutating func stopListening(_ id: ChangeID) {
        guard let entry = entries[id] else { return }
        entries[id]?.listeners = max(0, entry.listeners - 1)
        if entry.phase == .over, entry.listeners <= 1 { entries[id] = nil }
    }

    /// Nothing runs or will run without being asked for anew.
    var isQuiet: Bool { entries.keys.allSatisfy { !canMove($0) } }

    /// It is on its way, or will be without being asked for anew.
    func canMove(_ id: ChangeID) -> Bool {
        switch entries[id]?.phase {
        case .ready, .delayed, .running: true
        case .blocked(let others): others.allSatisfy { canMove($0) }
        case .parked, .held, .over, nil: false
        }
    }

    private func isOpen(_ id: ChangeID) -> Bool { entries[id].map { $0.phase != .over } ?? false }

    private mutating func set(_ id: ChangeID, _ phase: Phase) { entries[id]?.phase = phase }

    private mutating func delay(_ id: ChangeID, until time: MonotonicTime) {
        set(id, .delayed(time))
        var low = 0
        var high = delayed.count
        while low < high {
            let middle = (low + high) / 2
            if delayed[middle].time > time { low = middle + 1 } else { high = middle }
        }
        delayed.insert((time, id), at: low)
    }

    private mutating func release(_ id: ChangeID) {
        for other in dependents.removeValue(forKey: id) ?? [] {
            guard case .blocked(var needed) = entries[other]?.phase else { continue }
            needed.remove(id)
            set(other, needed.isEmpty ? .ready : .blocked(needed))
            if needed.isEmpty { ready.append(other) }
        }
    }

    /// First in, first out, amortised constant time.
    private struct Line {
        private var ids: [ChangeID] = []
        private var head = 0

        mutating func append(_ id: ChangeID) { ids.append(id) }

        mutating func popFirst() -> ChangeID? {
            guard head < ids.count else { return nil }
            defer {
                head += 1
                if head > 64, head * 2 > ids.count {
                    ids.removeFirst(head)
                    head = 0
                }
            }
            return ids[head]
        }
    }
}
