internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// One open file: the version it was opened at, pinned, and the reader's habits.
final class FileHandle: Sendable {
    enum Body: Sendable {
        case content(Content, size: UInt64)
        /// What was written here and is on its way to the store.
        case local(any DraftBase)
        /// Bytes made when it was opened: files of the control directory.
        case generated([UInt8])

        /// Gives back what was acquired for it.
        func release(_ contents: ContentTable) {
            if case .content(let content, _) = self { contents.release(content) }
        }
    }

    let inode: UInt64
    let path: String
    let body: Body
    /// Shared by all handles of the inode; nil for files of the control directory.
    let file: OpenFile?
    /// It was opened for writing.
    let writes: Bool
    private let readAhead: Mutex<ReadAhead>
    /// What is fetched ahead for this handle lives as long as its reader goes on in a line.
    private let ahead = Errands()

    init(
        inode: UInt64,
        path: String,
        body: Body,
        readAhead: ReadAhead,
        file: OpenFile? = nil,
        writes: Bool = false
    ) {
        self.file = file
        self.writes = writes
        self.inode = inode
        self.path = path
        self.body = body
        self.readAhead = Mutex(readAhead)
    }

    /// Notes a read and sets going what it makes likely.
    ///
    /// - Parameter limit: How long one piece may take.
    func prefetch(
        beyond range: ByteRange,
        of content: Content,
        size: UInt64,
        on pool: WorkerPool,
        within limit: Duration
    ) {
        switch readAhead.withLock({ $0.advance(range, size: size) }) {
        case .nothing: break
        case .abandon: ahead.callOff()
        case .fetch(let pieces):
            let ticket = ahead.ticket()
            for piece in pieces {
                pool.submit { [ahead] in
                    // Whoever needs these bytes asks for them and hears why they do not come.
                    ahead.run(ticket, within: limit) { try? content.prefetch(piece, until: $0) }
                }
            }
        }
    }

    /// Bytes of what it was opened as.
    var size: UInt64 {
        switch body {
        case .content(_, let size): size
        case .local(let content): content.size
        case .generated(let bytes): UInt64(bytes.count)
        }
    }

    /// What a draft of it is made over.
    func base(_ contents: ContentTable) -> (any DraftBase)? {
        switch body {
        case .content(let content, let size):
            guard let version = content.node.version, size > 0 else { return nil }
            return ContentBase(
                content: contents.acquire(content.node, size: size, version: version),
                table: contents
            )
        case .local(let content): return content
        case .generated: return nil
        }
    }

    func close() {
        ahead.callOff(isFinal: true)
    }
}
