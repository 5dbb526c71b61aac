internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// A content that can be read only so far, or only so far at first.
final class FaultyContent: StagedContent {
    private let base: any StagedContent
    private let fault: StoreFault?
    private let cancellation: Cancellation
    private let state = Mutex<UInt64>(0)

    init(_ base: any StagedContent, _ fault: StoreFault?, _ cancellation: Cancellation) {
        self.base = base
        self.fault = fault
        self.cancellation = cancellation
    }

    var size: UInt64 { base.size }

    /// Bytes that were read.
    var taken: UInt64 { state.withLock { $0 } }

    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
        let end = offset + UInt64(buffer.count)
        switch fault {
        case .failContent(let limit, let error) where end > limit: throw error
        case .holdContent(let limit, let gate) where end > limit:
            guard gate.pass(until: cancellation) else {
                throw StoreError(cancellation.reason ?? .interrupted, during: "A content held by a test")
            }
        default: break
        }
        unsafe try base.read(at: offset, into: buffer)
        state.withLock { $0 += UInt64(buffer.count) }
    }
}
