internal import DatasetArchive
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// The bytes of an archive for one who reads in it: from the cache where they are, else from the store, ahead of a
/// reader that goes on where it stopped.
final class ArchiveBytes: ArchiveSource {
    private let content: Content
    /// Nothing behind it is fetched ahead: it belongs to another member.
    private let end: UInt64
    private let prefetchers: WorkerPool
    private let limit: Duration
    private let readAhead = Mutex(ReadAhead())
    private let ahead = Errands()

    /// - Parameters:
    ///   - end: Where what its reader wants ends at the latest.
    ///   - limit: How long a piece that is fetched ahead may take.
    init(_ content: Content, until end: UInt64, prefetchers: WorkerPool, limit: Duration) {
        self.content = content
        self.end = min(end, content.size)
        self.prefetchers = prefetchers
        self.limit = limit
    }

    deinit { ahead.callOff(isFinal: true) }

    var size: UInt64 { content.size }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
    {
        let range = ByteRange(offset: offset, count: UInt64(buffer.count))
        fetchAhead(of: range)
        try unsafe content.read(at: offset, into: buffer, until: cancellation)
    }

    private func fetchAhead(of range: ByteRange) {
        switch readAhead.withLock({ $0.advance(range, size: end) }) {
        case .nothing: break
        case .abandon: ahead.callOff()
        case .fetch(let pieces): fetch(pieces)
        }
    }

    /// Fetches these behind the reader's back; whoever needs them asks for them, and hears why they do not come.
    func fetch(_ pieces: [ByteRange]) {
        let ticket = ahead.ticket()
        for piece in pieces {
            prefetchers.submit { [ahead, content, limit] in
                ahead.run(ticket, within: limit) { try? content.prefetch(piece, until: $0) }
            }
        }
    }
}
