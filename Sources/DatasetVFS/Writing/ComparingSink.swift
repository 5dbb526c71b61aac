internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// Compares what a store sends with a content, in order.
final class ComparingSink: ByteSink {
    private let content: SealedContent
    private let state = Mutex<(offset: UInt64, outcome: Result<Bool, StoreError>)>((0, .success(true)))

    init(_ content: SealedContent) {
        self.content = content
    }

    /// All of it came, and was the same.
    ///
    /// - Throws: Why the content could not be read.
    func isEqual() throws(StoreError) -> Bool {
        let (offset, outcome) = state.withLock { $0 }
        return try outcome.get() && offset == content.size
    }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            guard UInt64(bytes.count) <= content.size - state.offset else {
                state.outcome = .success(false)
                return false
            }
            var own = [UInt8](repeating: 0, count: bytes.count)
            let offset = state.offset
            let outcome: Result<Bool, StoreError> = unsafe own.withUnsafeMutableBytes { own in
                do throws(StoreError) {
                    try unsafe content.read(at: offset, into: own)
                    return .success(unsafe own.elementsEqual(bytes))
                } catch {
                    return .failure(error)
                }
            }
            state.outcome = outcome
            state.offset += UInt64(bytes.count)
            return (try? outcome.get()) == true
        }
    }
}
