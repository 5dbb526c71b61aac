internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// What the store does not have yet: the journal in memory, found by id, location and directory, and the one way to alter it.
///
/// LOCK ORDER: commits < state. The disk is written under `commits` alone, so that who merely looks never waits for it.
final class ChangeTable: Sendable {
    struct Row: Sendable {
        var change: Change
        /// Moves with every alteration: tells whether what was published is still what is wanted.
        var generation = 0
        /// On disk; a file that was made and never closed is not.
        var isDurable: Bool
    }

    struct Name: Hashable {
        var parent: Location
        var name: String
    }

    struct State {
        var rows: [ChangeID: Row] = [:]
        var byLocation: [Location: ChangeID] = [:]
        var byParent: [Location: Set<ChangeID>] = [:]
        /// What is to be removed, by the name that it frees.
        var removals: [Name: Set<ChangeID>] = [:]
        var history = ListingHistory()
        /// Where directories are that were pending when somebody last looked: who was just about to put something into one
        /// by its old location means the new one.
        var published: [Location: Location] = [:]
    }

    let journal: Journal
    let state = Mutex(State())
    private let commits = Monitor<Void>(())
    private let publish = Mutex<(@Sendable (Change) -> Void)?>(nil)

    init(journal: Journal) {
        self.journal = journal
    }

    /// Takes over what earlier mounts left.
    ///
    /// - Returns: All of it, in the order it was made.
    func load() throws(VFSError) -> [Change] {
        let changes = try Self.local { () throws(JournalError) in try journal.changes() }
        state.withLock { state in
            for change in changes { state.put(change, isDurable: true) }
        }
        return changes
    }

    subscript(id: ChangeID) -> Row? { state.withLock { $0.rows[id] } }

    func row(at location: Location) -> Row? {
        state.withLock { state in state.byLocation[location].flatMap { state.rows[$0] } }
    }

    func change(at location: Location) -> Change? { row(at: location)?.change }

    /// In the order they were made.
    var all: [Row] { state.withLock { $0.rows.values.sorted { $0.change.id < $1.change.id } } }

    var locations: Set<Location> { state.withLock { Set($0.byLocation.keys) } }

    /// Where a directory is now that had this location a moment ago.
    func location(of directory: Location) -> Location {
        state.withLock { $0.published[directory] ?? directory }
    }

    /// What is still to be removed of that name, be it what an upload that was called off may have left, in the order it was
    /// made.
    func removals(of name: String, in parent: Location) -> [Change] {
        state.withLock { state in
            let ids = state.removals[Name(parent: parent, name: name)] ?? []
            return ids.compactMap { state.rows[$0]?.change }.sorted { $0.id < $1.id }
        }
    }

    /// In the order they were made.
    func children(of parent: Location) -> [Change] {
        state.withLock { state in
            (state.byParent[parent] ?? []).compactMap { state.rows[$0]?.change }.sorted { $0.id < $1.id }
        }
    }

    /// Something in that directory is still to be made, changed or removed.
    func hasChanges(in parent: Location) -> Bool {
        state.withLock { $0.byParent[parent]?.isEmpty == false }
    }

    /// A number for a change that is about to be made.
    func newID() throws(VFSError) -> ChangeID {
        try Self.local { () throws(JournalError) in try journal.newID() }
    }

    /// Shows a change that is not worth keeping yet: a file that was just made.
    func show(_ change: Change) {
        state.withLock { $0.put(change, isDurable: false) }
    }

    /// Takes back what was shown and never became durable.
    func hide(_ id: ChangeID) {
        state.withLock { state in
            if state.rows[id]?.isDurable == false { state.drop(id) }
        }
    }

    /// Alters the journal: `body` says what is to become of it, then all of that is made durable, then it is seen.
    ///
    /// One at a time: what `body` reads of the transaction is what is there when it is carried out.
    func transact<Answer>(_ body: (inout ChangeTransaction) throws(VFSError) -> Answer) throws(VFSError) -> Answer {
        try commits.withLock { _ throws(VFSError) in
            var transaction = ChangeTransaction(self)
            let answer = try body(&transaction)
            if !transaction.edits.isEmpty {
                let edits = transaction.edits
                try Self.local { () throws(JournalError) in try journal.commit(edits) }
            }
            state.withLock { $0.take(transaction) }
            if let publish = publish.withLock({ $0 }) { for change in transaction.wanted { publish(change) } }
            return answer
        }
    }

    /// Who publishes what a transaction asks for once it is durable.
    func attach(_ publish: @escaping @Sendable (Change) -> Void) {
        self.publish.withLock { $0 = publish }
    }

    /// Keeps a store's note, durably.
    func note(_ text: String, of id: ChangeID) throws(JournalError) {
        // Whoever alters the row meanwhile would put it back without the note.
        try commits.withLock { _ throws(JournalError) in
            try journal.note(text, for: id)
            state.withLock { $0.rows[id]?.change.note = text }
        }
    }

    /// Runs a question to the journal; its failures are this machine's, not the store's.
    static func local<Answer>(_ body: () throws(JournalError) -> Answer) throws(VFSError) -> Answer {
        do throws(JournalError) {
            return try body()
        } catch {
            throw VFSError(error)
        }
    }
}

/// What is to become of the journal in one step.
struct ChangeTransaction {
    private let table: ChangeTable
    private(set) var edits: [Edit] = []
    fileprivate private(set) var puts: [ChangeID: Change] = [:]
    fileprivate private(set) var drops: Set<ChangeID> = []
    fileprivate private(set) var events: [ListingHistory.Event] = []
    fileprivate private(set) var published: [Location: Location] = [:]
    fileprivate private(set) var wanted: [Change] = []

    fileprivate init(_ table: ChangeTable) {
        self.table = table
    }

    func row(_ id: ChangeID) -> ChangeTable.Row? {
        guard var row = table[id], !drops.contains(id) else { return nil }
        if let change = puts[id] { row.change = change }
        return row
    }

    /// Nil as well where this very transaction puts something else: callers look before they put.
    func change(at location: Location) -> Change? {
        table.change(at: location).flatMap { drops.contains($0.id) ? nil : $0 }
    }

    mutating func put(_ change: Change) {
        var change = change
        change.parent = published[change.parent] ?? table.location(of: change.parent)
        puts[change.id] = change
        drops.remove(change.id)
        edits.append(.put(change))
    }

    mutating func drop(_ id: ChangeID) {
        puts[id] = nil
        drops.insert(id)
        if table[id]?.isDurable == true { edits.append(.drop(id)) }
    }

    mutating func edit(_ edit: Edit) { edits.append(edit) }

    /// Asks for a change to be published as soon as this is durable.
    mutating func publishAfterwards(_ change: Change) { wanted.append(change) }

    /// A directory has a location of the store's: what is in it on its way goes there.
    mutating func publish(_ pending: Location, at location: Location) {
        published[pending] = location
        // What was merely made stays nobody's: it moves with the others, in memory.
        for child in table.children(of: pending) where table[child.id]?.isDurable == true { put(child) }
    }

    /// Notes for listings under way what the store has from now on.
    mutating func note(_ event: ListingHistory.Event) { events.append(event) }
}

extension ChangeTable.State {
    fileprivate mutating func take(_ transaction: ChangeTransaction) {
        published.merge(transaction.published) { _, new in new }
        for id in transaction.drops { drop(id) }
        for change in transaction.puts.values { put(change, isDurable: true) }
        for event in transaction.events { history.add(event) }
        // What was shown in the meantime and is not durable yet.
        for pending in transaction.published.keys {
            for id in byParent[pending] ?? [] {
                if let row = rows[id] { put(row.change, isDurable: row.isDurable) }
            }
        }
    }

    fileprivate mutating func put(_ change: Change, isDurable: Bool) {
        let generation = (rows[change.id]?.generation ?? 0) + 1
        drop(change.id)
        var change = change
        change.parent = published[change.parent] ?? change.parent
        rows[change.id] = ChangeTable.Row(change: change, generation: generation, isDurable: isDurable)
        byLocation[change.location] = change.id
        byParent[change.parent, default: []].insert(change.id)
        guard change.isRemoval else { return }
        removals[ChangeTable.Name(parent: change.parent, name: change.name), default: []].insert(change.id)
    }

    fileprivate mutating func drop(_ id: ChangeID) {
        guard let row = rows.removeValue(forKey: id) else { return }
        // Another change may stand at that location by now.
        if byLocation[row.change.location] == id { byLocation[row.change.location] = nil }
        let name = ChangeTable.Name(parent: row.change.parent, name: row.change.name)
        removals[name]?.remove(id)
        if removals[name]?.isEmpty == true { removals[name] = nil }
        byParent[row.change.parent]?.remove(id)
        if byParent[row.change.parent]?.isEmpty == true { byParent[row.change.parent] = nil }
    }
}
