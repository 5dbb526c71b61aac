internal import GRDB
internal import Synchronization

/// The one connection that reads and writes the journal; calls come from any thread and take turns.
final class JournalDatabase: Sendable {
    let path: String
    private let queue: DatabaseQueue
    private let isClosed = Mutex(false)

    init(_ file: JournalFile) throws(JournalError) {
        path = file.path
        queue = try file.open()
    }

    /// Runs one statement: it sees one state of the file without a transaction around it.
    func read<Answer>(_ body: (Database) throws -> Answer) throws(JournalError) -> Answer {
        try refuseWhenClosed()
        do {
            return try queue.unsafeRead(body)
        } catch {
            throw JournalError(database: error, path: path)
        }
    }

    /// Runs a transaction: all of it is on the disk, or nothing happened.
    func write<Answer>(_ body: (Database) throws -> Answer) throws(JournalError) -> Answer {
        try refuseWhenClosed()
        do {
            return try queue.writeWithoutTransaction { database in
                var answer: Answer?
                try database.inTransaction(.immediate) {
                    answer = try body(database)
                    return .commit
                }
                guard let answer else { throw DatabaseError(message: "a transaction was not run") }
                return answer
            }
        } catch {
            throw JournalError(database: error, path: path)
        }
    }

    /// Runs what has no transaction of its own.
    func maintain(_ body: (Database) throws -> Void) throws(JournalError) {
        try refuseWhenClosed()
        do {
            try queue.writeWithoutTransaction(body)
        } catch {
            throw JournalError(database: error, path: path)
        }
    }

    func close() {
        isClosed.withLock { $0 = true }
        // Refused only while a statement is being run, which the queue rules out.
        try? queue.close()
    }

    /// GRDB would go on with a connection that is none.
    private func refuseWhenClosed() throws(JournalError) {
        guard isClosed.withLock({ $0 }) else { return }
        throw JournalError(.disk, "the journal \(path) has been closed")
    }
}
