internal import Glibc

/// A system call that failed: its name and the `errno` it left.
struct SystemFailure: Error {
    let call: String
    let code: Int32

    var message: String { "\(call) failed: \(systemMessage(code))" }
}

/// An open file, closed with the last reference; every operation names its position, so threads share it freely.
final class Descriptor: Sendable {
    private let number: Int32

    init(takingOwnershipOf number: Int32) {
        self.number = number
    }

    /// Opens for reading and writing, made if missing, never through a symbolic link, closed on exec.
    convenience init(creating path: String) throws(SystemFailure) {
        let number = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw SystemFailure(call: "open", code: errno) }
        self.init(takingOwnershipOf: number)
    }

    /// Opens what is there, for reading alone.
    convenience init(reading path: String) throws(SystemFailure) {
        let number = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemFailure(call: "open", code: errno) }
        self.init(takingOwnershipOf: number)
    }

    /// Opens what is there for writing past the page cache; offsets, lengths and addresses must be multiples of the disk's
    /// block size then, or a write is EINVAL (open(2), O_DIRECT).
    convenience init(direct path: String) throws(SystemFailure) {
        // Glibc's module hides O_DIRECT behind _GNU_SOURCE; these are Linux's ABI (asm/fcntl.h).
        #if arch(arm64) || arch(arm)
            let direct: Int32 = 0o200000
        #else
            let direct: Int32 = 0o40000
        #endif
        let number = unsafe open(path, O_WRONLY | direct | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw SystemFailure(call: "open", code: errno) }
        self.init(takingOwnershipOf: number)
    }

    deinit { close(number) }

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

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(SystemFailure) {
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe pwrite(number, rest.baseAddress, rest.count, off_t(clamping: offset + UInt64(done)))
            if count < 0 {
                let code = errno
                guard code == EINTR else { throw SystemFailure(call: "pwrite", code: code) }
                continue
            }
            done += count
        }
    }

    /// Fills an array from `offset` on; answers the bytes read.
    func read<Element: BitwiseCopyable>(at offset: UInt64, into array: inout [Element]) throws(SystemFailure) -> Int {
        var span = array.mutableSpan
        return try unsafe span.withUnsafeMutableBytes { bytes throws(SystemFailure) in
            try unsafe read(at: offset, into: bytes)
        }
    }

    func write<Element: BitwiseCopyable>(_ array: [Element], at offset: UInt64) throws(SystemFailure) {
        try unsafe array.span.withUnsafeBytes { bytes throws(SystemFailure) in
            try unsafe write(bytes, at: offset)
        }
    }

    func truncate(to size: UInt64) throws(SystemFailure) {
        guard ftruncate(number, off_t(clamping: size)) == 0 else {
            throw SystemFailure(call: "ftruncate", code: errno)
        }
    }

    /// Bytes that the file takes up on the disk, holes not counted.
    var allocatedBytes: UInt64 {
        var status = stat()
        guard unsafe fstat(number, &status) == 0 else { return 0 }
        return UInt64(clamping: status.st_blocks) * 512
    }

    /// Where the next bytes that are no hole begin, nil when there are none or the file system cannot tell holes.
    func nextData(from offset: UInt64) -> UInt64? {
        // SEEK_DATA, which Glibc's module hides behind _GNU_SOURCE; 3 by Linux's ABI (lseek(2)).
        let position = lseek(number, off_t(clamping: offset), 3)
        return position < 0 ? nil : UInt64(position)
    }

    /// Sets access and modification time, wall-clock nanoseconds.
    func setTimes(to wall: Int64) {
        let time = timespec(tv_sec: Int(wall / 1_000_000_000), tv_nsec: Int(wall % 1_000_000_000))
        _ = unsafe [time, time].withUnsafeBufferPointer { unsafe futimens(number, $0.baseAddress) }
    }
}
