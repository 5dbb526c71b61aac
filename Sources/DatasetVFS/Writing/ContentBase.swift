internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// One version of a file at the store, as what a draft is made over.
///
/// A store may forget a version as soon as it has the next: what was published over it has all of it that a draft still
/// needs, and is read instead.
final class ContentBase: DraftBase {
    private let content: Content
    private let table: ContentTable

    /// - Parameter content: Acquired; it is released together with this.
    init(content: Content, table: ContentTable) {
        self.content = content
        self.table = table
        if let origin { table.replaced.retain(origin) }
    }

    deinit {
        if let origin { table.replaced.release(origin) }
        table.release(content)
    }

    var size: UInt64 { content.size }

    var origin: Origin? {
        content.node.version.map { Origin(location: content.node.location, version: $0) }
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
    {
        if let origin, let local = table.replaced[origin], offset + UInt64(buffer.count) <= local.size {
            return try unsafe local.read(at: offset, into: buffer)
        }
        try unsafe content.read(at: offset, into: buffer, until: cancellation)
    }
}

/// What was published over a version, in that version's place: whole, and the same wherever its successors inherit bytes.
struct ReplacedBase: DraftBase {
    let content: SealedContent
    let origin: Origin?

    var size: UInt64 { content.size }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
    {
        try unsafe content.read(at: offset, into: buffer)
    }
}

/// The contents that replaced versions which drafts are still made over.
final class ReplacedBases: Sendable {
    private struct Entry {
        var users = 0
        var content: SealedContent?
    }

    private let entries = Mutex<[Origin: Entry]>([:])

    subscript(origin: Origin) -> SealedContent? { entries.withLock { $0[origin]?.content } }

    func retain(_ origin: Origin) { entries.withLock { $0[origin, default: Entry()].users += 1 } }

    func release(_ origin: Origin) {
        // What goes goes after the lock.
        _ = entries.withLock { entries -> SealedContent? in
            guard var entry = entries[origin] else { return nil }
            entry.users -= 1
            entries[origin] = entry.users > 0 ? entry : nil
            return entry.content
        }
    }

    /// Kept only where somebody may ask for it.
    func note(_ content: SealedContent, over origin: Origin) {
        entries.withLock { entries in
            // The first one has most of what was there.
            guard entries[origin]?.content == nil else { return }
            entries[origin]?.content = content
        }
    }
}
