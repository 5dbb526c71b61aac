internal import GRDB
internal import Glibc

/// Opens the facts file, or sets it aside and starts anew: facts may be lost, never wrong.
struct FactFile {
    let path: String
    let identity: String
    let onWarning: @Sendable (String) -> Void

    /// Exists once damage was met while the file was in use.
    private var damageMark: String { path + ".damaged" }
    private var asidePath: String { path + ".set-aside" }

    /// Why a file is not to be used.
    private enum Refusal: Error {
        case unfit(String)
    }

    func open() throws(CacheError) -> DatabasePool {
        if unsafe access(damageMark, F_OK) == 0 { try setAside(because: "it was found damaged while in use") }
        do {
            return try openExisting()
        } catch Refusal.unfit(let reason) {
            try setAside(because: reason)
        } catch {
            let error = CacheError(error, path: path)
            guard error.code == .damaged else { throw error }
            try setAside(because: "it is damaged")
        }
        do {
            return try openExisting()
        } catch {
            throw CacheError(error, path: path)
        }
    }

    /// Lets the next start begin anew.
    func markDamaged() {
        let descriptor = unsafe Glibc.open(damageMark, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
    }

    private func openExisting() throws -> DatabasePool {
        let pool = try DatabasePool(path: path, configuration: Self.configuration)
        do {
            try prepare(pool)
        } catch {
            try? pool.close()
            throw error
        }
        return pool
    }

    /// A database in memory with all that is in a file, or with nothing where that cannot be read.
    func copy(of pool: DatabasePool?) throws -> DatabaseQueue {
        if let pool, let copy = try? DatabaseQueue(configuration: Self.configuration),
            (try? pool.backup(to: copy)) != nil
        {
            return copy
        }
        let fresh = try DatabaseQueue(configuration: Self.configuration)
        try prepare(fresh)
        try fresh.write { database in
            // Numbers that the file has given away stand for other things, and nobody knows how many those are.
            try database.execute(sql: "UPDATE sqlite_sequence SET seq = ? WHERE name = 'node'", arguments: [1 << 40])
        }
        return fresh
    }

    /// Makes the file what a database in memory is, in one transaction.
    func put(_ memory: DatabaseQueue, into pool: DatabasePool) throws {
        // A disk that takes nothing is found out before all is copied.
        try pool.write { database in
            try database.execute(sql: "INSERT OR REPLACE INTO meta (key, value) VALUES ('lastTry', hex(randomblob(8)))")
        }
        try memory.backup(to: pool)
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "facts"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // A power failure may take the last facts, never the file (sqlite.org/pragma.html#pragma_synchronous).
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
            try database.execute(sql: "PRAGMA cache_size = -16384")
            // A listing of a huge directory leaves a log of its own size behind otherwise.
            try database.execute(sql: "PRAGMA journal_size_limit = 16777216")
        }
        return configuration
    }

    private func prepare(_ writer: any DatabaseWriter) throws {
        let migrator = FactSchema.migrator
        try writer.writeWithoutTransaction { database in
            let isNew = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
            if isNew { return }
            let check = try String.fetchOne(database, sql: "PRAGMA quick_check(1)")
            guard check == "ok" else { throw Refusal.unfit("it is damaged (\(check ?? "no answer"))") }
            guard try database.tableExists("meta") else { throw Refusal.unfit("it holds something else") }
            let known = try String.fetchOne(database, sql: "SELECT value FROM meta WHERE key = 'identity'")
            guard let known, StoredText.decode(known).isExactly(identity) else {
                throw Refusal.unfit("it belongs to another store")
            }
            guard try !migrator.hasBeenSuperseded(database) else {
                throw Refusal.unfit("a newer program wrote it")
            }
        }
        try migrator.migrate(writer)
        try writer.write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO meta (key, value) VALUES ('identity', ?)",
                arguments: [StoredText.encode(identity)]
            )
        }
    }

    /// Renames the file and SQLite's companions; only the latest such file is kept.
    private func setAside(because reason: String) throws(CacheError) {
        for suffix in ["", "-wal", "-shm"] {
            let (old, new) = (path + suffix, asidePath + suffix)
            guard unsafe rename(old, new) != 0 else { continue }
            guard errno == ENOENT else { throw CacheError(systemCall: "rename", errno: errno, path: old) }
            _ = unsafe unlink(new)
        }
        _ = unsafe unlink(damageMark)
        onWarning("the facts file \(path) starts anew because \(reason); the old one is \(asidePath)")
    }
}
