internal import DatasetModel
internal import DatasetSync
internal import GRDB
internal import Glibc
internal import Synchronization

/// Bytes and intents that may not be lost: what the tree shows and the store does not have yet.
///
/// One directory of one store, owned by one process. Small contents lie in a SQLite database together with the changes, so
/// that a commit is one write to the disk; larger ones are files that are on the disk before the commit that names them.
/// Calls come from any thread.
package final class Journal: Sendable {
    package let directory: String
    let database: JournalDatabase
    let keeper: ContentKeeper
    let commits: CommitQueue
    let attributes: AttributeMemory
    /// Contents that a row names and that are not there, and what happened to them.
    let lost: [ContentID: String]
    private let housekeeper: Housekeeper
    private let lock: Mutex<OwnerLock?>

    /// Opens or makes the journal in `directory`, and removes the contents that no change names.
    ///
    /// - Parameters:
    ///   - identity: `StoreTraits.identity` of the store that the changes are for.
    ///   - reserve: Bytes that drafts leave free on the disk, for the commits.
    ///   - inlineLimit: Contents up to this size lie in the database.
    ///   - smallestLayer: A larger file that is written again after it was sealed is laid over, not copied.
    /// - Throws: `.busy`, `.newer`, `.damaged`: nothing has been touched then; `.readOnly`, `.full`, `.disk`.
    package init(
        directory: String,
        identity: String,
        reserve: UInt64 = 64 << 20,
        inlineLimit: Int = 128 << 10,
        smallestLayer: UInt64 = 1 << 20,
        onWarning: @escaping @Sendable (String) -> Void
    ) throws(JournalError) {
        self.directory = directory
        try Self.makeDirectories(directory)
        do throws(OwnerLock.Failure) {
            lock = Mutex(try OwnerLock(path: "\(directory)/owner.lock"))
        } catch {
            throw JournalError(error, path: directory)
        }
        let file = JournalFile(path: "\(directory)/journal.sqlite", identity: identity)
        database = try JournalDatabase(file)
        keeper = ContentKeeper(
            database: database,
            folder: try ContentFolder(path: "\(directory)/contents"),
            space: SpaceGuard(path: directory, reserve: reserve),
            inlineLimit: inlineLimit,
            smallestLayer: smallestLayer
        )
        lost = try Recovery(database: database, keeper: keeper, onWarning: onWarning).run()
        attributes = try AttributeMemory(database)
        housekeeper = Housekeeper(database, try file.openForCheckpoints(), onWarning: onWarning)
        commits = CommitQueue(database, keeper, attributes, housekeeper)
    }

    deinit { close() }

    package var bytesKept: UInt64 { keeper.bytesKept }

    /// Lets the directory go, as letting go of the journal itself does.
    ///
    /// What is called afterwards fails, here, of drafts and of contents; sealed contents that are files can still be read.
    package func close() {
        housekeeper.close()
        database.close()
        _ = lock.withLock { $0.take() }
    }

    /// Makes a directory with those above it, for this user alone.
    private static func makeDirectories(_ path: String) throws(JournalError) {
        var position = path.startIndex
        while position != path.endIndex {
            position = path[path.index(after: position)...].firstIndex(of: "/") ?? path.endIndex
            let part = String(path[..<position])
            guard unsafe mkdir(part, 0o700) != 0 else {
                synchronizeParent(of: part)
                continue
            }
            let code = errno
            var status = stat()
            let isThere = unsafe stat(part, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
            guard isThere else { throw JournalError(SystemFailure(call: "mkdir", code: code), path: part) }
        }
    }
}
