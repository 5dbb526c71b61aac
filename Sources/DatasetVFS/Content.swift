internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

/// One version of one file's bytes, shared by everyone who has it open: cache first, then the store.
///
/// Three difficulties:
/// 1. Readers overlap: a block is fetched once, whoever asks (`claims`).
/// 2. A transfer covers many blocks; a reader wants its own as soon as they are there (`FetchSink` hands over block by block).
/// 3. The cache is a helper, never a gate: a block is served from memory while the cache is still being given it
///    (`Content+Keeping`), until a reader behind its own read-ahead had it, and also when the cache could not keep it
///    (`HeldBlocks`).
final class Content: Sendable {
    struct State {
        /// Blocks that a transfer under way will bring.
        var claims: Set<Int> = []
        /// What readers wait for.
        var awaited: [Range<Int>] = []
        var held = HeldBlocks()
        /// Waits for the cache to have been given everything.
        var whenIdle: (@Sendable () -> Void)?

        /// Somebody waits for this block and for nothing more.
        func awaits(_ block: Int) -> Bool {
            awaited.contains { $0.contains(block) && !hasClaims(in: $0) }
        }

        func hasClaims(in blocks: Range<Int>) -> Bool { blocks.contains { claims.contains($0) } }
    }

    /// What all contents of a mount share for keeping blocks.
    struct Keeping: Sendable {
        let segments: SegmentPool
        /// Of it, what the cache has already and readers have not had yet.
        let unread: MemoryBudget
        let writers: WorkerPool
        /// Files up to this size are fetched whole with one request, which the store can check against their digests.
        let wholeLimit: UInt64
    }

    let node: Node
    let cached: CachedContent
    let keeping: Keeping
    let blockSize: Int
    let size: UInt64
    let state = Monitor(State())
    private let store: any Store
    /// A block that comes and fails its checksum again and again is not the cache's fault any more.
    private static let attempts = 4
    /// How often bytes that disagree with what was declared are asked for again.
    private static let corruptionRetries = 2

    init(
        node: Node,
        size: UInt64,
        cached: CachedContent,
        blockSize: Int,
        store: any Store,
        keeping: Keeping
    ) {
        self.node = node
        self.size = size
        self.cached = cached
        self.blockSize = blockSize
        self.store = store
        self.keeping = keeping
    }

    deinit {
        change { $0.held.drop(0..<Int.max) }
    }

    /// Copies the bytes at `offset` into the whole of `buffer`.
    ///
    /// - Precondition: `offset + buffer.count` lies within the size.
    func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer, until cancellation: Cancellation)
        throws(StoreError)
    {
        guard unsafe !buffer.isEmpty else { return }
        let range = ByteRange(offset: offset, count: UInt64(buffer.count))
        let wanted = blocks(of: range)
        let scope = size <= keeping.wholeLimit ? blocks(of: ByteRange(offset: 0, count: size)) : wanted
        var fetches = 0
        var corruptions = 0
        while true {
            if unsafe serve(range, into: buffer) { return }
            if let reason = cancellation.reason { throw StoreError(reason, during: "reading “\(node.name)”") }
            if let run = claimFirst(in: scope, for: wanted) {
                fetches += 1
                guard fetches <= Self.attempts + scope.count else {
                    throw StoreError(.corrupt, "“\(node.name)” could not be read back after it was fetched")
                }
                do throws(StoreError) {
                    try fetch(run, isAhead: false, until: cancellation)
                } catch {
                    guard error.code == .corrupt, corruptions < Self.corruptionRetries else { throw error }
                    corruptions += 1
                }
            } else {
                try wait(for: wanted, until: cancellation)
            }
        }
    }

    /// Fetches what of `range` is neither there nor on its way, on this thread, as far as there is memory.
    ///
    /// Does nothing while the cache does not keep what it is given: more would only push out what readers wait for.
    func prefetch(_ range: ByteRange, until cancellation: Cancellation) throws(StoreError) {
        let wanted = blocks(of: range.clamped(to: size))
        let budget = keeping.segments.budget
        guard budget.waitForRoom(wanted.count * blockSize, until: cancellation), hasRoomAhead else { return }
        // Onward only: what was fetched may have been read and let go by now.
        var next = wanted.lowerBound
        while !cancellation.isCancelled, let run = claimFirst(in: next..<wanted.upperBound) {
            try fetch(run, isAhead: true, until: cancellation)
            next = run.upperBound
        }
    }

    private var hasRoomAhead: Bool { state.withLock { $0.held.refusedCount < HeldBlocks.refusedFloor } }

    func blocks(of range: ByteRange) -> Range<Int> {
        guard !range.isEmpty else { return 0..<0 }
        return Int(range.offset / UInt64(blockSize))..<Int((range.end - 1) / UInt64(blockSize)) + 1
    }

    func length(of block: Int) -> Int {
        Int(min(UInt64(blockSize), size - UInt64(block) * UInt64(blockSize)))
    }

    /// Takes the first run of blocks that nobody has and nobody fetches.
    ///
    /// - Parameter reason: Blocks of which one must be free, or nothing is taken; all of `wanted` unless told.
    private func claimFirst(in wanted: Range<Int>, for reason: Range<Int>? = nil) -> Range<Int>? {
        let reason = reason ?? wanted
        return state.withLock { state in
            func isFree(_ block: Int) -> Bool {
                !state.claims.contains(block) && !state.held.holds(block) && !cached.holds(block: block)
            }
            guard reason.contains(where: isFree), let first = wanted.first(where: isFree) else { return nil }
            var end = first + 1
            while end < wanted.upperBound, isFree(end) { end += 1 }
            state.claims.formUnion(first..<end)
            return first..<end
        }
    }

    private func fetch(_ run: Range<Int>, isAhead: Bool, until cancellation: Cancellation) throws(StoreError) {
        let sink = FetchSink(
            blocks: run,
            blocksOfSegment: max(1, SegmentPool.segmentBytes / blockSize),
            cancellation: cancellation,
            length: { [self] in length(of: $0) },
            taker: taker(isAhead: isAhead)
        )
        defer { sink.end() }
        // What was handed over is not claimed any more: it may be lost again and claimed by another.
        defer { state.update { $0.claims.subtract(sink.finished.upperBound..<run.upperBound) } }
        let start = UInt64(run.lowerBound) * UInt64(blockSize)
        let end = min(size, UInt64(run.upperBound) * UInt64(blockSize))
        do throws(StoreError) {
            try store.read(ByteRange(offset: start, count: end - start), of: node, into: sink, until: cancellation)
        } catch {
            if error.code == .corrupt { drop(sink.finished) }
            throw error
        }
        guard !sink.hasSurplus else {
            drop(sink.finished)
            throw StoreError(.corrupt, "“\(node.name)”: the store sent more bytes than it was asked for")
        }
        if sink.finished != run {
            if let reason = cancellation.reason { throw StoreError(reason, during: "reading “\(node.name)”") }
            drop(sink.finished)
            throw StoreError(.corrupt, "“\(node.name)”: the store sent fewer bytes than it declared")
        }
    }

    /// All that is missing is on its way: waits until some of it came, or its transfer ended.
    private func wait(for wanted: Range<Int>, until cancellation: Cancellation) throws(StoreError) {
        state.withLock { $0.awaited.append(wanted) }
        let isSettled: Bool? = state.wait(until: cancellation) { state in
            state.hasClaims(in: wanted) ? nil : true
        }
        state.withLock { state in
            if let index = state.awaited.firstIndex(of: wanted) { state.awaited.remove(at: index) }
        }
        guard isSettled != nil else {
            throw StoreError(cancellation.reason ?? .interrupted, during: "reading “\(node.name)”")
        }
    }
}
