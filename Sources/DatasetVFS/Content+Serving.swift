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
        let ended = range.end == size ? wanted.upperBound : Int(range.end / UInt64(blockSize))
        if ended > wanted.lowerBound { change { $0.held.noteRead(wanted.lowerBound..<ended) } }
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
