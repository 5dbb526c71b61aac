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
    private let ahead = Mutex(Cancellation())

    init(inode: UInt64, path: String, body: Body, readAhead: ReadAhead) {
        self.inode = inode
        self.path = path
        self.body = body
        self.readAhead = Mutex(readAhead)
    }

    /// Notes a read and sets going what it makes likely.
    func prefetch(beyond range: ByteRange, of content: Content, size: UInt64, on pool: WorkerPool) {
        switch readAhead.withLock({ $0.advance(range, size: size) }) {
        case .nothing: break
        case .abandon: abandon(replacement: Cancellation())
        case .fetch(let pieces):
            let cancellation = ahead.withLock { $0 }
            for piece in pieces {
                pool.submit {
                    // Whoever needs these bytes asks for them and hears why they do not come.
                    try? content.prefetch(piece, until: cancellation)
                }
            }
        }
    }

    func close() {
        abandon(replacement: nil)
    }

    private func abandon(replacement: Cancellation?) {
        let old = ahead.withLock { current in
            defer { if let replacement { current = replacement } }
            return current
        }
        old.cancel()
    }
}

/// One open directory. Offsets are inode numbers, so nothing needs to be copied when it is opened.
struct DirectoryHandle: Sendable {
    let directory: UInt64
    let parent: UInt64
}
