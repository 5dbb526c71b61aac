internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

/// What becomes of a block that came: memory at once, the cache behind the transfer's back.
extension Content {
    /// From here on a segment is written past the operating system's cache: that spares a copy and as much memory again,
    /// and pays only where the disk gets much at a time.
    private static let directFloor = 256 << 10

    /// What a transfer hands its blocks to; it never waits for the disk.
    func taker(isAhead: Bool) -> FetchSink.Taker {
        FetchSink.Taker(
            segment: { [keeping] in keeping.segments.segment($0, isAhead: isAhead) },
            block: { [self] in publish($0, $1) },
            end: { [self] in store($0, $1) }
        )
    }

    private func publish(_ block: Int, _ bytes: HeldBytes) {
        let isAwaited = change { state in
            state.claims.remove(block)
            state.held.hold(block, bytes)
            return state.awaits(block)
        }
        // Who waits for other blocks is not woken for this one.
        if isAwaited { state.update { _ in } }
    }

    private func store(_ segment: Segment, _ blocks: Range<Int>) {
        // A queue that takes no more belongs to a mount that is ending: the blocks are then as good as refused.
        // What was given up before its turn is to be found nowhere then.
        let isQueued = keeping.writers.submit { [self, weak segment] in
            if let segment { write(segment, blocks) }
            runWhenIdle()
        }
        if !isQueued {
            noteWritten(blocks, of: segment, isKept: false, staysUntilRead: false)
        }
    }

    private func write(_ segment: Segment, _ blocks: Range<Int>) {
        // While there is room the reader finds its bytes in memory. Without, it reads them from the disk soon, and there
        // they are to come from the operating system's cache.
        let stays = segment.isAhead && !keeping.unread.isExceeded
        for run in state.withLock({ $0.held.runs(of: segment, in: blocks) }) {
            let isKept = put(run, of: segment, from: blocks.lowerBound, bypassing: stays)
            if isKept || run.count == 1 {
                noteWritten(run, of: segment, isKept: isKept, staysUntilRead: stays)
                continue
            }
            // There may still be room for some of them.
            for block in run {
                let isKept = put(block..<block + 1, of: segment, from: blocks.lowerBound, bypassing: false)
                noteWritten(block..<block + 1, of: segment, isKept: isKept, staysUntilRead: stays)
            }
        }
    }

    /// - Parameter first: The block with which the segment begins.
    private func put(_ run: Range<Int>, of segment: Segment, from first: Int, bypassing: Bool) -> Bool {
        let start = (run.lowerBound - first) * blockSize
        let end = (run.upperBound - 1 - first) * blockSize + length(of: run.upperBound - 1)
        return unsafe segment.withBytes(in: start..<end) { bytes in
            unsafe cached.put(blocks: run, bytes, bypassing: bypassing && end - start >= Self.directFloor)
        }
    }

    private func noteWritten(_ blocks: Range<Int>, of segment: Segment, isKept: Bool, staysUntilRead: Bool) {
        let isExceeded = keeping.segments.budget.isExceeded
        let lost = change { state in
            let lost = blocks.filter {
                !state.held.noteWritten($0, of: segment, isKept: isKept, staysUntilRead: staysUntilRead)
            }
            if isExceeded { state.held.trimRefused(to: HeldBlocks.refusedFloor) }
            return lost
        }
        for block in lost { cached.drop(blocks: block..<block + 1) }
        runWhenIdle()
    }

    func drop(_ blocks: Range<Int>) {
        change { $0.held.drop(blocks) }
        state.update { _ in }
        cached.drop(blocks: blocks)
    }

    /// Changes the state and settles the account of what waits to be read.
    @discardableResult
    func change<Answer>(_ body: (inout State) -> Answer) -> Answer {
        let (answer, difference) = state.withLock { state -> (Answer, Int) in
            let before = state.held.bytesUnread
            let answer = body(&state)
            return (answer, state.held.bytesUnread - before)
        }
        if difference > 0 { keeping.unread.charge(difference) }
        if difference < 0 { keeping.unread.discharge(-difference) }
        return answer
    }

    // MARK: - Coming to rest

    /// Bytes that the cache is still being given, or could not keep.
    var bytesUnderWay: UInt64 { UInt64(state.withLock { $0.held.bytesNotKept }) }

    /// Runs `action` once the cache has been given all that came: at once, or on the thread that gives it the last.
    func whenIdle(_ action: @escaping @Sendable () -> Void) {
        state.withLock { $0.whenIdle = action }
        runWhenIdle()
    }

    private func runWhenIdle() {
        let action = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.held.underWay == 0 else { return nil }
            defer { state.whenIdle = nil }
            return state.whenIdle
        }
        action?()
    }
}
