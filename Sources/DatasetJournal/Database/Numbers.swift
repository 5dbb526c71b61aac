internal import GRDB
internal import Synchronization

/// Numbers that are never given out twice, whatever happens to the process: each batch is noted on the disk first.
final class Numbers: Sendable {
    /// One commit for so many numbers.
    private static let batch: Int64 = 4096

    private let database: JournalDatabase
    private let free = Mutex<Range<Int64>>(0..<0)

    init(_ database: JournalDatabase) {
        self.database = database
    }

    func next() throws(JournalError) -> Int64 {
        try free.withLock { free throws(JournalError) in
            if free.isEmpty { free = try reserve() }
            let number = free.lowerBound
            free = (number + 1)..<free.upperBound
            return number
        }
    }

    private func reserve() throws(JournalError) -> Range<Int64> {
        try database.write { database in
            let statement = try database.cachedStatement(
                sql: "UPDATE counter SET reserved = reserved + ? RETURNING reserved"
            )
            guard let end = try Int64.fetchOne(statement, arguments: [Self.batch]) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the counter is gone")
            }
            return (end - Self.batch)..<end
        }
    }
}
