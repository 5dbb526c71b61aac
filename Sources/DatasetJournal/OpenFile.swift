internal import CLinux
internal import Glibc

/// A system call that failed: its name and the `errno` it left.
struct SystemFailure: Error, Hashable {
    let call: String
    let code: Int32
}

/// What `strerror(3)` says of an error number; Glibc keeps that text per thread since 2.32.
func systemMessage(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}

/// An open file, closed with the last reference; every operation names its position, so threads share it freely.
final class OpenFile: Sendable {
    enum Mode {
        case reading
        case changing
        /// Must not be there yet.
        case creating
    }

    private let number: Int32

    /// Opens a file of this user alone, never through a symbolic link, closed on exec.
    init(_ path: String, for mode: Mode) throws(SystemFailure) {
        let flags =
            switch mode {
            case .reading: O_RDONLY
            case .changing: O_RDWR
            case .creating: O_RDWR | O_CREAT | O_EXCL
            }
        number = unsafe open(path, flags | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemFailure(call: "open", code: errno) }
    }

    deinit { if number >= 0 { close(number) } }

    /// Fills `buffer` from `offset` on.
    ///
    /// - Returns: The bytes read, fewer than asked for only at the end of the file.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(SystemFailure) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(number, rest.baseAddress, rest.count, off_t(clamping: offset + UInt64(done)))
            if count == 0 { break }
            if count < 0 {
                let code = errno
                guard code == EINTR else { throw SystemFailure(call: "pread", code: code) }
                continue
            }
            done += count
        }
        return done
    }

    /// - Parameter written: How many bytes from the first on are in the file, also when it throws.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64, written: inout Int) throws(SystemFailure) {
        written = 0
        while written < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = unsafe pwrite(number, rest.baseAddress, rest.count, off_t(clamping: offset + UInt64(written)))
            if count < 0 {
                let code = errno
                guard code == EINTR else { throw SystemFailure(call: "pwrite", code: code) }
                continue
            }
            written += count
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(SystemFailure) {
        var written = 0
        try unsafe write(bytes, at: offset, written: &written)
    }

    func write(_ bytes: [UInt8], at offset: UInt64) throws(SystemFailure) {
        try unsafe bytes.span.withUnsafeBytes { bytes throws(SystemFailure) in
            try unsafe write(bytes, at: offset)
        }
    }

    func truncate(to size: UInt64) throws(SystemFailure) {
        while ftruncate(number, off_t(clamping: size)) != 0 {
            let code = errno
            guard code == EINTR else { throw SystemFailure(call: "ftruncate", code: code) }
        }
    }

    /// Takes room on the disk for bytes that are not written yet.
    func allocate(_ offset: UInt64, _ count: UInt64) throws(SystemFailure) {
        while true {
            let code = posix_fallocate(number, off_t(clamping: offset), off_t(clamping: count))
            if code == 0 { return }
            guard code == EINTR else { throw SystemFailure(call: "posix_fallocate", code: code) }
        }
    }

    /// Lets the disk begin with what was written, so that ``synchronize()`` finds little left to wait for; a hint.
    func beginWriting() {
        _ = datasetfs_begin_writing(number)
    }

    /// Brings the bytes to the disk.
    func synchronize() throws(SystemFailure) {
        while fdatasync(number) != 0 {
            let code = errno
            guard code == EINTR else { throw SystemFailure(call: "fdatasync", code: code) }
        }
    }

    /// Brings the names in a directory to the disk.
    static func synchronizeDirectory(_ path: String) throws(SystemFailure) {
        let number = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw SystemFailure(call: "open", code: errno) }
        defer { close(number) }
        while fsync(number) != 0 {
            let code = errno
            guard code == EINTR else { throw SystemFailure(call: "fsync", code: code) }
        }
    }
}
