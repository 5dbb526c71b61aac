internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

/// What becomes of a block that came: memory at once, the cache behind the transfer's back.
extension Content {
    /// How long who closes a file waits for its blocks to be written.
    private static let patience = Duration.seconds(10)

    /// Takes a whole block, on the transfer's thread, which must not wait for the disk while there is memory.
    func keep(_ block: Int, _ bytes: [UInt8]) {
        guard keeping.budget.take(bytes.count) else { return keepNow(block, bytes) }
        let freed = state.update { state in
            state.claims.remove(block)
            return state.held.hold(block, bytes)
        }
        keeping.budget.give(freed)
        if !keeping.writers.submit({ [self] in write(block) }) { write(block) }
    }

    /// Without memory to spare the transfer waits for the disk: that slows it to the disk's pace.
    private func keepNow(_ block: Int, _ bytes: [UInt8]) {
        let isKept = unsafe bytes.withUnsafeBytes { unsafe cached.put(block: block, $0) }
        let freed = state.update { state in
            state.claims.remove(block)
            return isKept ? 0 : state.held.holdRefused(block, bytes)
        }
        keeping.budget.give(freed)
    }

    private func write(_ block: Int) {
        guard let bytes = state.withLock({ $0.held.bytesUnderWay(block) }) else { return }
        let isKept = unsafe bytes.withUnsafeBytes { unsafe cached.put(block: block, $0) }
        if let freed = state.update({ $0.held.settle(block, isKept: isKept) }) {
            keeping.budget.give(freed)
        } else {
            // Dropped while it was being written: nobody is to find it.
            cached.drop(blocks: block..<block + 1)
        }
    }

    /// Waits until the cache has been given all that came, and lets go of what only speed held.
    @available(*, noasync, message: "this may wait for the disk")
    func settle() {
        _ = state.wait(until: Deadline.after(Self.patience)) { state -> Bool? in
            state.held.underWay == 0 ? true : nil
        }
        keeping.budget.give(state.withLock { $0.held.dropCached() })
    }

    func drop(_ blocks: Range<Int>) {
        let freed = state.update { $0.held.drop(blocks) }
        keeping.budget.give(freed)
        cached.drop(blocks: blocks)
    }

    /// Copies a range from memory and the cache.
    ///
    /// - Returns: False when a block of it is in neither.
    func serve(_ range: ByteRange, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        let wanted = blocks(of: range)
        let held = state.withLock { state in
            state.held.isEmpty ? [] : wanted.map { state.held.bytes(of: $0) }
        }
        guard held.contains(where: { $0 != nil }) else { return unsafe cached.read(at: range.offset, into: buffer) }
        var next = wanted.lowerBound
        while next < wanted.upperBound {
            let first = next
            if let bytes = held[first - wanted.lowerBound] {
                next += 1
                unsafe copy(bytes, of: first, range, into: buffer)
                continue
            }
            while next < wanted.upperBound, held[next - wanted.lowerBound] == nil { next += 1 }
            guard unsafe readCached(first..<next, range, into: buffer) else { return false }
        }
        let ended = range.end == size ? wanted : wanted.lowerBound..<Int(range.end / UInt64(blockSize))
        if !ended.isEmpty { keeping.budget.give(state.withLock { $0.held.serve(ended) }) }
        return true
    }

    private func copy(
        _ bytes: [UInt8],
        of block: Int,
        _ range: ByteRange,
        into buffer: UnsafeMutableRawBufferPointer
    ) {
        let start = UInt64(block) * UInt64(blockSize)
        let from = max(start, range.offset)
        let to = min(start + UInt64(bytes.count), range.end)
        let target = unsafe buffer[Int(from - range.offset)..<Int(to - range.offset)]
        unsafe UnsafeMutableRawBufferPointer(rebasing: target).copyBytes(
            from: bytes[Int(from - start)..<Int(to - start)]
        )
    }

    private func readCached(
        _ blocks: Range<Int>,
        _ range: ByteRange,
        into buffer: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let from = max(UInt64(blocks.lowerBound) * UInt64(blockSize), range.offset)
        let to = min(UInt64(blocks.upperBound) * UInt64(blockSize), range.end)
        let target = unsafe buffer[Int(from - range.offset)..<Int(to - range.offset)]
        return unsafe cached.read(at: from, into: UnsafeMutableRawBufferPointer(rebasing: target))
    }
}
