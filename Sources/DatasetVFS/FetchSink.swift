internal import DatasetSync
internal import Synchronization

/// Puts the bytes of one transfer into segments and hands over each block, and then each segment, as soon as it is whole.
final class FetchSink: ByteSink {
    private struct State {
        /// The block being gathered.
        var next: Int
        /// Bytes of it that are there; fewer than its length between calls.
        var gathered = 0
        var segment: Segment?
        /// Where `segment` begins.
        var segmentStart: Int
        var hasSurplus = false
    }

    /// What becomes of what came, on the transfer's thread.
    struct Taker: Sendable {
        let segment: @Sendable (_ count: Int) -> Segment
        /// A block is whole.
        let block: @Sendable (_ number: Int, HeldBytes) -> Void
        /// Nothing more comes into a segment; these of its blocks are whole.
        let end: @Sendable (Segment, _ blocks: Range<Int>) -> Void
    }

    private let blocks: Range<Int>
    private let blocksOfSegment: Int
    private let length: @Sendable (Int) -> Int
    private let taker: Taker
    private let state: Mutex<State>
    private let cancellation: Cancellation

    /// - Parameters:
    ///   - blocksOfSegment: How many of them a full segment holds.
    ///   - length: Bytes of a block: the last one of a content is shorter.
    init(
        blocks: Range<Int>,
        blocksOfSegment: Int,
        cancellation: Cancellation,
        length: @escaping @Sendable (Int) -> Int,
        taker: Taker
    ) {
        self.blocks = blocks
        self.blocksOfSegment = blocksOfSegment
        self.cancellation = cancellation
        self.length = length
        self.taker = taker
        state = Mutex(State(next: blocks.lowerBound, segmentStart: blocks.lowerBound))
    }

    /// Whole blocks handed over so far.
    var finished: Range<Int> { blocks.lowerBound..<state.withLock { $0.next } }

    /// More came than the blocks hold: the store did not send what it was asked for.
    var hasSurplus: Bool { state.withLock { $0.hasSurplus } }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // One thread at a time receives: it works on a copy, so that others never wait for it.
        var work = state.withLock { $0 }
        var rest = unsafe bytes
        while unsafe !rest.isEmpty, work.next < blocks.upperBound {
            let taken = unsafe take(rest, &work)
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
        }
        if unsafe !rest.isEmpty { work.hasSurplus = true }
        state.withLock { $0 = work }
        return !work.hasSurplus && !cancellation.isCancelled
    }

    /// The transfer has ended, one way or another.
    func end() {
        var work = state.withLock { $0 }
        endSegment(&work)
        state.withLock { $0 = work }
    }

    /// - Returns: How many bytes were taken: up to the end of a block.
    private func take(_ bytes: UnsafeRawBufferPointer, _ work: inout State) -> Int {
        let length = length(work.next)
        let segment = work.segment ?? begin(&work)
        let start = offset(of: work.next, from: work.segmentStart)
        let taken = min(bytes.count, length - work.gathered)
        unsafe segment.fill(from: start + work.gathered, with: UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
        work.gathered += taken
        guard work.gathered == length else { return taken }
        taker.block(work.next, HeldBytes(segment: segment, range: start..<start + length))
        work.next += 1
        work.gathered = 0
        if work.next == min(work.segmentStart + blocksOfSegment, blocks.upperBound) { endSegment(&work) }
        return taken
    }

    private func begin(_ work: inout State) -> Segment {
        let end = min(work.next + blocksOfSegment, blocks.upperBound)
        let segment = taker.segment(offset(of: end - 1, from: work.next) + length(end - 1))
        work.segment = segment
        work.segmentStart = work.next
        return segment
    }

    private func endSegment(_ work: inout State) {
        guard let segment = work.segment else { return }
        work.segment = nil
        if work.segmentStart < work.next { taker.end(segment, work.segmentStart..<work.next) }
    }

    /// All blocks but the last are of one length.
    private func offset(of block: Int, from start: Int) -> Int {
        block == start ? 0 : (block - start) * length(start)
    }
}
