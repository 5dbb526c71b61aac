internal import DatasetSync
internal import GRDB

/// Moves the write-ahead log into the database and gives free pages back, on its own thread: no commit waits for more than
/// a moment of it.
final class Housekeeper: Sendable {
    /// So many bytes of log are moved at a time.
    private static let step = 4 << 20
    /// So many free pages of 4 KiB are left for what comes next.
    private static let spareFreePages = 8192

    private struct State {
        var bytes = 0
        var isClosed = false
        var thread: OwnedThread?
    }

    private let database: JournalDatabase
    private let side: DatabaseQueue
    private let state: Monitor<State>

    init(_ database: JournalDatabase, _ side: DatabaseQueue, onWarning: @escaping @Sendable (String) -> Void) {
        self.database = database
        self.side = side
        let state = Monitor(State())
        self.state = state
        let thread = OwnedThread(name: "journal") {
            while Self.waitForWork(state) {
                do {
                    try Self.work(database, side, state)
                } catch {
                    // The log grows meanwhile; commits say so themselves when it cannot.
                    onWarning("the journal \(database.path) could not be tidied up: \(error)")
                }
            }
        }
        state.withLock { $0.thread = thread }
    }

    /// So many bytes have been added to the log.
    func note(bytes: Int) {
        let isDue = state.withLock { state in
            state.bytes += bytes
            return state.bytes >= Self.step
        }
        if isDue { state.update { _ in } }
    }

    /// Ends the thread and moves the whole log into the database; for the owner alone, before the database is closed.
    func close() {
        let thread = state.update { state -> OwnedThread? in
            state.isClosed = true
            return state.thread.take()
        }
        guard let thread else { return }
        thread.join()
        try? side.close()
        // A log that stays is read at the next start.
        try? database.maintain { try $0.checkpoint(.truncate) }
    }

    /// - Returns: False when there will be no more.
    private static func waitForWork(_ state: Monitor<State>) -> Bool {
        state.wait(until: Deadline.never) { state in
            if state.isClosed { return false }
            guard state.bytes >= step else { return nil }
            state.bytes = 0
            return true
        } ?? false
    }

    private static func work(
        _ database: JournalDatabase,
        _ side: DatabaseQueue,
        _ state: Monitor<State>
    ) throws {
        // The bulk beside the commits, the rest between two of them: the log then begins anew.
        try side.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
        try database.maintain { _ = try $0.checkpoint(.passive) }
        while !state.withLock({ $0.isClosed }), try hasTooManyFreePages(database) {
            // About a megabyte at a time.
            try database.maintain { try $0.execute(sql: "PRAGMA incremental_vacuum(256)") }
            try side.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
        }
    }

    private static func hasTooManyFreePages(_ database: JournalDatabase) throws -> Bool {
        try database.read { database in
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            let all = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            return free > spareFreePages && free > all / 2
        }
    }
}
