package import DatasetModel
internal import DatasetSync
internal import Synchronization

/// Bytes that do not change any more, and where they lie; any thread reads.
///
/// A content that a draft was sealed to may leave bytes with the content it was laid over (`borrowed`), and bytes with the
/// store's version that it was opened over (`missing`). It holds no descriptor: files are opened as they are read.
package final class SealedContent: StagedContent, DraftBase, Sendable {
    enum Place: Sendable {
        /// Not in the database, or not any more.
        case memory([UInt8])
        /// In the database.
        case stored
        case file
    }

    struct State {
        var place: Place
        var missing: Extents
        /// The file's bytes are on the disk.
        var isSynchronized: Bool
    }

    package let id: ContentID
    package let size: UInt64
    /// The content that has the bytes of `borrowed`.
    let base: SealedContent?
    let borrowed: Extents
    let keeper: ContentKeeper
    let missingOrigin: Origin?
    let state: Mutex<State>

    init(
        id: ContentID,
        size: UInt64,
        place: Place,
        missing: Extents,
        origin: Origin?,
        base: SealedContent?,
        borrowed: Extents,
        isSynchronized: Bool,
        keeper: ContentKeeper
    ) {
        self.id = id
        self.size = size
        missingOrigin = origin
        self.base = base
        self.borrowed = borrowed
        self.keeper = keeper
        state = Mutex(State(place: place, missing: missing, isSynchronized: isSynchronized))
    }

    deinit {
        keeper.release(id, ObjectIdentifier(self), hasFile: isFile)
    }

    /// Of the base, while not all bytes are here.
    package var origin: Origin? { missingExtents.isEmpty ? nil : missingOrigin }

    /// What must still be fetched from the base before it can be published; usually empty.
    package var missing: [ByteRange] { missingExtents.ranges }

    var missingExtents: Extents { state.withLock { $0.missing } }

    var isFile: Bool {
        state.withLock { state in
            if case .file = state.place { true } else { false }
        }
    }

    /// Bytes that neither another content nor the store has.
    var ownBytes: UInt64 { size - borrowed.total - missingExtents.total }

    /// This content and those below it, the uppermost first.
    var chain: [SealedContent] {
        var result = [self]
        while let next = result.last?.base { result.append(next) }
        return result
    }
}
