internal import Glibc

/// The right to write under a directory or file, held by one process at a time (flock(2)), freed when it ends however.
package final class OwnerLock: Sendable {
    package enum Failure: Error, Sendable, Hashable {
        /// Another process holds it; nil when it did not leave its number.
        case owned(pid: Int32?)
        /// The lock file cannot be made or locked.
        case system(call: String, errno: Int32)
    }

    private let descriptor: Int32

    /// - Parameter path: Of the lock file; made if missing, never removed.
    package init(path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .system(call: "open", errno: errno) }
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            let owner = Self.owner(in: descriptor)
            close(descriptor)
            throw code == EWOULDBLOCK ? .owned(pid: owner) : .system(call: "flock", errno: code)
        }
        self.descriptor = descriptor
        // Only a courtesy to whoever comes second: what counts is the lock.
        ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = unsafe text.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    deinit {
        // Said aloud: a program that another thread is just starting still holds a copy of the descriptor, and with it the lock.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    private static func owner(in descriptor: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
    }
}
