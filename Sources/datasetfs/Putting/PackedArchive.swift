internal import Crypto
internal import DatasetArchive
internal import DatasetModel
internal import Glibc

/// An archive on its way: a file without a name, gone with this object, whatever happens.
///
/// Sendable although unchecked: it is written by one thread, and only read once ``finish()`` is back.
final class PackedArchive: ArchiveOutput, StagedContent, @unchecked Sendable {
    private(set) var size: UInt64 = 0
    /// The same for the same bytes only.
    private(set) var fingerprint = ""
    private let descriptor: Int32

    /// - Parameter path: A file in the directory that has room for it.
    init(beside path: String) throws(StoreError) {
        // The ledger's lock keeps others from this name.
        let name = "\(path).zip"
        descriptor = unsafe open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError(.localFailure, "cannot write beside \(path): \(ErrorWords.text(errno))")
        }
        unsafe unlink(name)
    }

    deinit { close(descriptor) }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
        var done = 0
        while done < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw StoreError(
                    .localFailure,
                    "the archive cannot be written: \(ErrorWords.text(errno))",
                    remedy: "Make room on the disk, or choose another place with --state-dir."
                )
            }
            done += count
        }
        size = max(size, offset + UInt64(bytes.count))
    }

    /// The archive is whole.
    func finish() throws(StoreError) {
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset: UInt64 = 0
        while offset < size {
            let count = Int(min(UInt64(buffer.count), size - offset))
            var failure: StoreError?
            unsafe buffer.withUnsafeMutableBytes { bytes in
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
                do throws(StoreError) {
                    try unsafe read(at: offset, into: part)
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            hash.update(data: buffer[..<count])
            offset += UInt64(count)
        }
        fingerprint = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        var done = 0
        while done < buffer.count {
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw StoreError(.localFailure, "the archive cannot be read back: \(ErrorWords.text(errno))")
            }
            done += count
        }
    }
}
