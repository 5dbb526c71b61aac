internal import DatasetCache
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// One open file: the version it was opened at, pinned, and the reader's habits.
final class FileHandle: Sendable {
    enum Body: Sendable {
        case content(Content, size: UInt64)
        /// Bytes made when it was opened: files of the control directory.
        case generated([UInt8])
    }

    let inode: UInt64
    let path: String
    let body: Body
    private let readAhead: Mutex<ReadAhead>
    /// What is fetched ahead for this handle lives as long as its reader goes on in a line.
    private let ahead = Errands()

    init(inode: UInt64, path: String, body: Body, readAhead: ReadAhead) {
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

    func close() {
        ahead.callOff(isFinal: true)
    }
}

/// One open directory. Offsets are inode numbers, so nothing needs to be copied when it is opened.
final class DirectoryHandle: Sendable {
    let directory: UInt64
    let parent: UInt64
    private let isListed = Atomic(false)

    init(directory: UInt64, parent: UInt64) {
        self.directory = directory
        self.parent = parent
    }

    /// Reading on from `offset` needs a look at whether the listing is known: from the beginning, and at the first read.
    func needsListing(at offset: UInt64) -> Bool { offset == 0 || !isListed.load(ordering: .relaxed) }

    func noteListed() { isListed.store(true, ordering: .relaxed) }
}
