internal import DatasetModel
internal import Glibc

/// A file of this machine as a content that is to be published.
final class LocalFile: StagedContent {
    let size: UInt64
    let stamp: FileStamp
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws(StoreError) {
        self.path = path
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreError(.localFailure, "cannot read \(path): \(ErrorWords.text(errno))")
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw StoreError(.localFailure, "cannot examine \(path): \(ErrorWords.text(errno))")
        }
        stamp = FileStamp(status)
        size = stamp.size
    }

    deinit { close(descriptor) }

    /// Somebody wrote to it since it was opened.
    var hasChanged: Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) != 0 || FileStamp(status) != stamp
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw StoreError(.localFailure, "cannot read \(path): \(ErrorWords.text(errno))")
            }
            guard count > 0 else {
                throw StoreError(.localFailure, "\(path) became shorter while it was sent", remedy: "Send it again.")
            }
            done += count
        }
    }
}
