internal import DatasetSync
internal import Glibc
internal import Synchronization

/// Gathers one piece of a content.
final class PieceSink: ByteSink {
    private let gathered = Mutex<[UInt8]>([])

    var bytes: [UInt8] { gathered.withLock { $0 } }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        gathered.withLock { unsafe $0.append(contentsOf: bytes) }
        return true
    }
}

/// Standard output as a stream of bytes.
enum Output {
    /// - Returns: False with errno set when they could not all be written.
    static func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
