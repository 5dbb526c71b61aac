internal import DatasetSync
internal import GRDB

/// Runs what threads want to commit, all that waits in one transaction: one write to the disk for many.
///
/// Whoever comes while nobody commits does it for all who wait by then. What follows a transaction (memory, files) is done
/// before the next one begins.
final class CommitQueue: Sendable {
    enum Work: Sendable {
        case edits([Edit])
        case note(String, ChangeID)
    }

    private final class Request: Sendable {
        let work: Work
        init(_ work: Work) { self.work = work }
    }

    private struct State {
        var waiting: [Request] = []
        var isRunning = false
        var outcomes: [ObjectIdentifier: Result<Void, JournalError>] = [:]
    }

    private enum Turn {
        case done(Result<Void, JournalError>)
        case lead([Request])
    }

    private let database: JournalDatabase
    private let keeper: ContentKeeper
    private let attributes: AttributeMemory
    private let housekeeper: Housekeeper
    private let state = Monitor(State())

    init(
        _ database: JournalDatabase,
        _ keeper: ContentKeeper,
        _ attributes: AttributeMemory,
        _ housekeeper: Housekeeper
    ) {
        self.database = database
        self.keeper = keeper
        self.attributes = attributes
        self.housekeeper = housekeeper
    }

    @available(*, noasync, message: "this waits for the disk")
    func run(_ work: Work) throws(JournalError) {
        let request = Request(work)
        state.withLock { $0.waiting.append(request) }
        while true {
            let turn: Turn? = state.wait(until: Deadline.never) { state in
                if let outcome = state.outcomes.removeValue(forKey: ObjectIdentifier(request)) { return .done(outcome) }
                guard !state.isRunning else { return nil }
                state.isRunning = true
                defer { state.waiting = [] }
                return .lead(state.waiting)
            }
            switch turn {
            case .done(let outcome): return try outcome.get()
            case .lead(let requests): lead(requests)
            case nil: continue
            }
        }
    }

    private func lead(_ requests: [Request]) {
        let outcomes = outcomes(of: requests.map(\.work))
        state.update { state in
            state.isRunning = false
            for (request, outcome) in zip(requests, outcomes) {
                state.outcomes[ObjectIdentifier(request)] = outcome
            }
        }
    }

    private func outcomes(of works: [Work]) -> [Result<Void, JournalError>] {
        do throws(JournalError) {
            return try transact(works)
        } catch {
            // One may have been too much for the disk, and the others not.
            return works.count == 1 ? [.failure(error)] : works.flatMap { outcomes(of: [$0]) }
        }
    }

    /// Runs one transaction, in which each work stands or falls alone.
    private func transact(_ works: [Work]) throws(JournalError) -> [Result<Void, JournalError>] {
        let transactions = try database.write { database in
            try works.map { work -> Result<EditTransaction, JournalError> in
                var transaction = EditTransaction(database: database, keeper: keeper)
                do {
                    try database.inSavepoint {
                        try transaction.run(work)
                        return .commit
                    }
                    return .success(transaction)
                } catch let error as JournalError {
                    return .failure(error)
                }
            }
        }
        var bytes = 0
        for (work, outcome) in zip(works, transactions) {
            guard case .success(let transaction) = outcome else { continue }
            bytes += transaction.bytesWritten
            transaction.finish()
            if case .edits(let edits) = work { attributes.follow(edits) }
        }
        housekeeper.note(bytes: bytes)
        return transactions.map { $0.map { _ in () } }
    }
}
