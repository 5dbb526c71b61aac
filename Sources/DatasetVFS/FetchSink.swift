internal import DatasetSync
internal import Synchronization

/// Cuts the bytes of one transfer into blocks and hands each over as soon as it is whole.
///
/// INVARIANT: `next` is the block being gathered; `gathered.count` is below its length between calls.
final class FetchSink: ByteSink {
    private struct State {
        var next: Int
        var gathered: [UInt8] = []
        var hasSurplus = false
    }

    private let blocks: Range<Int>
    private let length: @Sendable (Int) -> Int
    private let keep: @Sendable (Int, [UInt8]) -> Void
    private let state: Mutex<State>
    private let cancellation: Cancellation

    /// - Parameters:
    ///   - length: Bytes of a block: the last one of a content is shorter.
    ///   - keep: Takes a whole block, on the transfer's thread.
    init(
        blocks: Range<Int>,
        cancellation: Cancellation,
        length: @escaping @Sendable (Int) -> Int,
        keep: @escaping @Sendable (Int, [UInt8]) -> Void
    ) {
        self.blocks = blocks
        self.cancellation = cancellation
        self.length = length
        self.keep = keep
        state = Mutex(State(next: blocks.lowerBound))
    }

    /// Whole blocks handed over so far.
    var finished: Range<Int> { blocks.lowerBound..<state.withLock { $0.next } }

    /// More came than the blocks hold: the store did not send what it was asked for.
    var hasSurplus: Bool { state.withLock { $0.hasSurplus } }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            var rest = unsafe bytes
            while unsafe !rest.isEmpty, state.next < blocks.upperBound {
                let wanted = length(state.next)
                if state.gathered.isEmpty, rest.count >= wanted {
                    unsafe keep(state.next, Array(rest[..<wanted]))
                    unsafe rest = UnsafeRawBufferPointer(rebasing: rest[wanted...])
                    state.next += 1
                    continue
                }
                let taken = min(rest.count, wanted - state.gathered.count)
                if state.gathered.isEmpty { state.gathered.reserveCapacity(wanted) }
                unsafe state.gathered.append(contentsOf: rest[..<taken])
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
                guard state.gathered.count == wanted else { continue }
                keep(state.next, state.gathered)
                state.gathered = []
                state.next += 1
            }
            if unsafe !rest.isEmpty { state.hasSurplus = true }
            return !state.hasSurplus && !cancellation.isCancelled
        }
    }
}
