internal import FoundationEssentials
internal import GRDB

/// Opens the journal's database; one that does not fit is refused and left exactly as it is.
struct JournalFile {
    let path: String
    let identity: String

    func open() throws(JournalError) -> DatabaseQueue {
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            do {
                try prepare(queue)
                return queue
            } catch {
                try? queue.close()
                throw error
            }
        } catch {
            throw JournalError(database: error, path: path)
        }
    }

    /// A second connection, for checkpoints alone.
    func openForCheckpoints() throws(JournalError) -> DatabaseQueue {
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw JournalError(database: error, path: path)
        }
    }

    private var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "journal"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // Only before anything is written, and of a file that is there already it would change the header.
            if try Int.fetchOne(database, sql: "PRAGMA page_count") == 0 {
                try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
            guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw DatabaseError(message: "its file system cannot keep a write-ahead log")
            }
            // The log reaches the disk before a commit is back (sqlite.org/pragma.html#pragma_synchronous).
            try database.execute(sql: "PRAGMA synchronous = FULL")
            // Checkpoints are made beside the commits, not within them.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            try database.execute(sql: "PRAGMA cache_size = -8192")
        }
        return configuration
    }

    private func prepare(_ queue: DatabaseQueue) throws {
        let migrator = JournalSchema.migrator
        try queue.writeWithoutTransaction { database in
            let isNew = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
            if isNew { return }
            let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            guard check == "ok" else {
                // The first line only names the database.
                let reason = check?.split(separator: "\n").last.map(String.init)
                throw JournalError(damaged: path, because: reason ?? "no answer")
            }
            guard try database.tableExists("meta") else {
                throw JournalError(damaged: path, because: "it holds something else")
            }
            guard try !migrator.hasBeenSuperseded(database) else {
                throw JournalError(
                    .newer,
                    "a newer datasetfs wrote the journal \(path); use that one, at least until its changes are published"
                )
            }
            // A process that ended right after it made the tables has not said whose they are.
            guard let known = try Data.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'identity'") else {
                return
            }
            guard known == StoredBytes.encode(identity) else {
                throw JournalError(
                    .damaged,
                    "the journal \(path) holds changes for another store (\(StoredBytes.decode(known))); "
                        + "choose another state directory"
                )
            }
        }
        try migrator.migrate(queue)
        try queue.write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO meta (key, value) VALUES ('identity', ?)",
                arguments: [StoredBytes.encode(identity)]
            )
        }
    }
}
