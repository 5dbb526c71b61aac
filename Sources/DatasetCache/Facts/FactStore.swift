package import DatasetSync
internal import GRDB

/// What is known of the things in one store, in a SQLite file: names, inodes, sizes, versions, attributes, listings.
///
/// Everything in it may be lost and asked for again. Calls come from any thread; reads run beside a write and see the
/// state before or after it, never between. Every call is SQLite only: milliseconds, no network.
package final class FactStore: Sendable {
    private let base: FactBase
    private let lock: OwnerLock

    /// Opens or creates the facts file; `path.lock` beside it says which process owns it.
    ///
    /// A file of another identity, of a newer program or a damaged one is renamed to `path.set-aside` and begun anew. Where the
    /// disk takes or gives no file, now or later, facts are kept in memory, and `onWarning` hears of it.
    ///
    /// - Parameter identity: `StoreTraits.identity` of the store the facts are about.
    /// - Throws: `.busy` when another process owns the file, `.disk` when not even the lock can be made.
    package init(
        path: String,
        identity: String,
        time: any TimeSource = SystemTime(),
        onWarning: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(CacheError) {
        do throws(OwnerLock.Failure) {
            lock = try OwnerLock(path: path + ".lock")
        } catch {
            throw CacheError(error, path: path + ".lock")
        }
        base = try FactBase(FactFile(path: path, identity: identity, onWarning: onWarning), time: time)
    }

    /// Why facts are kept in memory alone; nil as long as the disk takes them.
    package var trouble: CacheError? { base.trouble }

    /// Another number after everything that was written: what was read before may be out of date.
    package var generation: UInt64 { base.generation }

    /// Runs one statement: it sees one state of the facts without a transaction around it.
    func read<Answer>(_ body: (Database) throws -> Answer) throws(CacheError) -> Answer { try base.read(body) }

    /// Runs a transaction: all of it or nothing. It may be run once more, on the facts as they were before it.
    func write<Answer>(_ body: (Database) throws -> Answer) throws(CacheError) -> Answer { try base.write(body) }
}
