internal import DatasetCache
internal import DatasetModel
internal import DatasetSync

/// How a reader gets bytes that are there: from memory where a block is held, else from the cache.
extension Content {
    /// Copies a range from memory and the cache.
    ///
    /// - Returns: False when a block of it is in neither.
    func serve(_ range: ByteRange, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        let wanted = blocks(of: range)
        // Nothing is copied before all of it is there.
        let found = state.withLock { state -> [HeldBytes?]? in
            guard !state.held.isEmpty else { return [] }
            let held = wanted.map { state.held.bytes(of: $0) }
            let isThere = zip(wanted, held).allSatisfy { $1 != nil || cached.holds(block: $0) }
            return isThere ? held : nil
        }
        guard let held = found else { return false }
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
        let ended = range.end == size ? wanted.upperBound : Int(range.end / UInt64(blockSize))
        let isOverrun = keeping.segments.budget.isOverrun
        change { state in
            if ended > wanted.lowerBound { state.held.noteRead(wanted.lowerBound..<ended) }
            if isOverrun { state.held.giveUp(wanted) }
        }
        return true
    }

    private func copy(
        _ bytes: HeldBytes,
        of block: Int,
        _ range: ByteRange,
        into buffer: UnsafeMutableRawBufferPointer
    ) {
        let start = UInt64(block) * UInt64(blockSize)
        let from = max(start, range.offset)
        let to = min(start + UInt64(bytes.count), range.end)
        let target = unsafe buffer[Int(from - range.offset)..<Int(to - range.offset)]
        let first = bytes.range.lowerBound + Int(from - start)
        unsafe bytes.segment.withBytes(in: first..<first + Int(to - from)) { source in
            unsafe UnsafeMutableRawBufferPointer(rebasing: target).copyMemory(from: source)
        }
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
