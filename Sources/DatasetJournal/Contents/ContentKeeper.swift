internal import DatasetModel
internal import DatasetSync
internal import FoundationEssentials
internal import GRDB
internal import Synchronization

/// What drafts and sealed contents need of the journal: room, numbers, files, and who still uses which content.
///
/// A content's file is removed when no row names it and no object reads it. Lock order: the database's queue < `state`;
/// `state` is never held during a system call, nor while a content is let go.
final class ContentKeeper: Sendable {
    /// A class, so that the weak reference stays at one place in memory while the dictionary moves its values.
    private final class WeakContent {
        weak var content: SealedContent?
        let id: ObjectIdentifier

        init(_ content: SealedContent) {
            self.content = content
            id = ObjectIdentifier(content)
        }
    }

    private struct State {
        /// Bytes here of each content that has a row.
        var kept: [ContentID: UInt64] = [:]
        var bytesKept: UInt64 = 0
        var live: [ContentID: WeakContent] = [:]
    }

    let database: JournalDatabase
    let folder: ContentFolder
    let space: SpaceGuard
    let numbers: Numbers
    /// Contents up to this size lie in the database, and their drafts in memory.
    let inlineLimit: Int
    /// A content of no more than that is copied rather than laid under another one.
    let smallestLayer: UInt64
    /// What drafts hold in memory.
    let memory = MemoryBudget(capacity: 32 << 20)
    private let state = Mutex(State())

    init(database: JournalDatabase, folder: ContentFolder, space: SpaceGuard, inlineLimit: Int, smallestLayer: UInt64) {
        self.database = database
        self.folder = folder
        self.space = space
        self.inlineLimit = inlineLimit
        self.smallestLayer = smallestLayer
        numbers = Numbers(database)
    }

    var bytesKept: UInt64 { state.withLock { $0.bytesKept } }

    func makeID() throws(JournalError) -> ContentID {
        ContentID(rawValue: try numbers.next())
    }

    // MARK: - Who uses what

    func isKept(_ id: ContentID) -> Bool { state.withLock { $0.kept[id] != nil } }

    func liveContent(_ id: ContentID) -> SealedContent? { state.withLock { $0.live[id]?.content } }

    func register(_ content: SealedContent) {
        state.withLock { $0.live[content.id] = WeakContent(content) }
    }

    /// Rows are there now, or were found at the start.
    func noteKept(_ id: ContentID, bytes: UInt64) {
        state.withLock { state in
            state.bytesKept -= state.kept.updateValue(bytes, forKey: id) ?? 0
            state.bytesKept += bytes
        }
    }

    /// A row is gone; whoever still uses the content removes its file when done.
    func noteRemoved(_ id: ContentID) {
        let isUsed = state.withLock { state in
            state.bytesKept -= state.kept.removeValue(forKey: id) ?? 0
            return state.live[id] != nil
        }
        if !isUsed { folder.remove(id) }
    }

    /// Called by a content that is let go.
    func release(_ id: ContentID, _ object: ObjectIdentifier, hasFile: Bool) {
        let isLast = state.withLock { state in
            // A second object of that content may have been made meanwhile.
            guard state.live[id]?.id == object else { return false }
            state.live.removeValue(forKey: id)
            return state.kept[id] == nil
        }
        if isLast, hasFile { folder.remove(id) }
    }

    // MARK: - Rows

    /// The content that a row describes, the same object for all who ask.
    ///
    /// Runs on the database's queue as the commits do: no row vanishes meanwhile.
    func content(_ id: ContentID, in database: Database) throws -> SealedContent? {
        if let content = liveContent(id) { return content }
        let statement = try database.cachedStatement(sql: "\(ContentRow.select) WHERE id = ?")
        guard let row = try ContentRow.fetchOne(statement, arguments: [id.rawValue]) else { return nil }
        let content = SealedContent(
            id: id,
            size: row.size,
            place: row.isInline ? .stored : .file,
            missing: row.missing,
            origin: row.origin,
            base: try row.base.flatMap { try self.content($0, in: database) },
            borrowed: row.borrowed,
            isSynchronized: true,
            keeper: self
        )
        register(content)
        return content
    }

    /// The bytes that lie in the row of a content; nil when there is no such row.
    func bytes(of id: ContentID) throws(JournalError) -> [UInt8]? {
        try database.read { try Self.bytes(of: id, in: $0) }
    }

    static func bytes(of id: ContentID, in database: Database) throws -> [UInt8]? {
        let statement = try database.cachedStatement(
            sql: "SELECT bytes FROM content WHERE id = ? AND bytes IS NOT NULL"
        )
        return try Data.fetchOne(statement, arguments: [id.rawValue]).map { Array($0) }
    }
}
