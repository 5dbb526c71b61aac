internal import DatasetSync
internal import Synchronization

/// Compares what it receives with what is expected and keeps nothing: for contents that no test should hold in memory.
package final class VerifyingSink: ByteSink {
    private struct State {
        var offset: UInt64
        var mismatch: UInt64?
    }

    private let content: ReferenceContent
    private let state: Mutex<State>

    /// - Parameter offset: Where in the content the first byte received belongs.
    package init(_ content: ReferenceContent, from offset: UInt64 = 0) {
        self.content = content
        state = Mutex(State(offset: offset))
    }

    /// Where the next byte would belong.
    package var offset: UInt64 { state.withLock { $0.offset } }

    /// The first offset that held a wrong byte, or one too many.
    package var mismatch: UInt64? { state.withLock { $0.mismatch } }

    /// Ends the transfer at the first wrong byte.
    package func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            if state.mismatch == nil { unsafe state.mismatch = content.firstMismatch(bytes, at: state.offset) }
            state.offset += UInt64(bytes.count)
            return state.mismatch == nil
        }
    }
}
