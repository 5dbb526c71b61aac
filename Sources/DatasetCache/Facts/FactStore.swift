internal import DatasetSync
internal import GRDB

/// What is known of the things in one store, in a SQLite file: names, inodes, sizes, versions, attributes, listings.
///
/// Everything in it may be lost and asked for again. Calls come from any thread; reads run beside a write and see the
/// state before or after it, never between. Every call is SQLite only: milliseconds, no network.
package final class FactStore: Sendable {
    private let pool: DatabasePool
    private let file: FactFile
    private let lock: OwnerLock

    /// Opens or creates the facts file; `path.lock` beside it says which process owns it.
    ///
    /// A file of another identity, of a newer program or a damaged one is renamed to `path.set-aside` and begun anew.
    ///
    /// - Parameter identity: `StoreTraits.identity` of the store the facts are about.
    /// - Throws: `.busy` when another process owns the file, `.disk` when it cannot be made.
    package init(
        path: String,
        identity: String,
        onWarning: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(CacheError) {
        do throws(OwnerLock.Failure) {
            lock = try OwnerLock(path: path + ".lock")
        } catch {
            throw CacheError(error, path: path + ".lock")
        }
        file = FactFile(path: path, identity: identity, onWarning: onWarning)
        pool = try file.open()
    }

    /// Runs one statement: it sees one state of the file without a transaction around it.
    func read<Answer>(_ body: (Database) throws -> Answer) throws(CacheError) -> Answer {
        do {
            return try pool.unsafeRead(body)
        } catch {
            throw failure(error)
        }
    }

    /// Runs a transaction: all of it or nothing.
    func write<Answer>(_ body: (Database) throws -> Answer) throws(CacheError) -> Answer {
        do {
            return try pool.write(body)
        } catch {
            throw failure(error)
        }
    }

    private func failure(_ error: any Error) -> CacheError {
        let error = CacheError(error, path: file.path)
        if error.code == .damaged { file.markDamaged() }
        return error
    }
}
