import DatasetModel
import DatasetSync
import Synchronization

@testable import DatasetArchive

/// An archive in memory that counts what is asked of it; some requests may fail.
final class MemorySource: ArchiveSource {
    let bytes: [UInt8]
    private let asked = Mutex<[ByteRange]>([])
    private let failure: StoreError?
    private let failsFrom: Int
    private let failures: Int

    init(_ bytes: [UInt8], failure: StoreError? = nil, failsFrom: Int = 0, failures: Int = .max) {
        self.bytes = bytes
        self.failure = failure
        self.failsFrom = failsFrom
        self.failures = failures
    }

    var size: UInt64 { UInt64(bytes.count) }
    var requests: [ByteRange] { asked.withLock { $0 } }
    var transferred: UInt64 { requests.reduce(0) { $0 + $1.count } }

    func forgetRequests() {
        asked.withLock { $0 = [] }
    }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
    {
        let count = asked.withLock { asked in
            asked.append(ByteRange(offset: offset, count: UInt64(buffer.count)))
            return asked.count
        }
        if let failure, count > failsFrom, count - failsFrom <= failures { throw failure }
        let start = Int(offset)
        unsafe buffer.copyBytes(from: bytes[start..<(start + buffer.count)])
    }
}
