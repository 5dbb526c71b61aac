import Foundation

/// Runs file work on threads that may block, away from the event loops and from Swift's own pool.
enum BlockingIO {
    private static let queue = DispatchQueue(label: "datasetfs-server.files", attributes: .concurrent)

    static func run<Value: Sendable>(_ work: @Sendable @escaping () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}

/// A system call that failed, with the path it was about.
struct FileError: Error, CustomStringConvertible {
    let call: String
    let path: String
    let code: CInt

    var description: String {
        "\(call) \(path): \(unsafe String(cString: strerror(code)))"
    }
}

/// An open file, closed when nobody holds it any more.
final class OpenFile: Sendable {
    let descriptor: CInt
    let path: String

    init(_ path: String, flags: CInt = O_RDONLY, mode: mode_t = 0o644) throws {
        let opened = unsafe open(path, flags | O_CLOEXEC, mode)
        guard opened >= 0 else { throw FileError(call: "open", path: path, code: errno) }
        descriptor = opened
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    var size: Int {
        get throws {
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0 else { throw failure("fstat") }
            return Int(status.st_size)
        }
    }

    /// Reads until `target` is full; a file that ends before is an error.
    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < target.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let count = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileError(call: "pread", path: path, code: count < 0 ? errno : EIO) }
            done += count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw failure("pwrite") }
            done += count
        }
    }

    func synchronize() throws {
        guard fsync(descriptor) == 0 else { throw failure("fsync") }
    }

    func truncate(to size: Int) throws {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw failure("ftruncate") }
    }

    private func failure(_ call: String) -> FileError {
        FileError(call: call, path: path, code: errno)
    }
}
