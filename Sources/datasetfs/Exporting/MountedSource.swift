internal import Glibc

/// A file on a mount, as its readers see it.
final class MountedSource: ExportSource {
    let size: UInt64
    /// The last part of its path.
    let name: String
    private let descriptor: Int32
    private let path: String

    init(_ path: String) throws(Failure) {
        self.path = path
        name = path.split(separator: "/").last.map(String.init) ?? "file"
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                .failed,
                "cannot read \(path): \(ErrorWords.text(errno)). “datasetfs why \(path)” may know more."
            )
        }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            throw Failure(.failed, "cannot examine \(path): \(ErrorWords.text(errno)).")
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Failure(.failed, "\(path) is no file; “cp -r” copies directories out of a mount.")
        }
        size = UInt64(status.st_size)
    }

    deinit { close(descriptor) }

    func bytes(at offset: UInt64, atMost count: Int) throws(Failure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        while true {
            let got = unsafe pread(descriptor, &buffer, count, off_t(offset))
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else {
                throw Failure(
                    .failed,
                    "cannot read \(path): \(ErrorWords.text(errno)). “datasetfs why \(path)” may know more."
                )
            }
            return Array(buffer[..<got])
        }
    }
}
