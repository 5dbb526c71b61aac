internal import Synchronization

extension CachedContent {
    /// Copies the bytes from `offset` on into `buffer`, each block verified against its checksum.
    ///
    /// - Returns: False when any block of it is absent or damaged (it is absent from then on); what `buffer` holds then
    ///   means nothing.
    package func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        guard offset <= size, UInt64(buffer.count) <= size - offset else { return false }
        guard unsafe !buffer.isEmpty else { return true }
        let first = Int(offset / UInt64(blockSize))
        let last = Int((offset + UInt64(buffer.count) - 1) / UInt64(blockSize))
        let checksums = map.withLock { map in (first...last).map { map[$0] } }
        guard !checksums.contains(0) else { return false }

        var filled = 0
        for (block, checksum) in zip(first...last, checksums) {
            let skip = block == first ? Int(offset % UInt64(blockSize)) : 0
            let count = min(length(of: block) - skip, buffer.count - filled)
            let part = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<(filled + count)])
            guard unsafe read(block, of: checksum, skipping: skip, into: part) else {
                discard(block, of: checksum)
                return false
            }
            filled += count
        }
        return true
    }

    /// Reads a part of one block; the whole block is read and verified, in place where it is wanted whole.
    private func read(
        _ block: Int,
        of checksum: UInt64,
        skipping skip: Int,
        into part: UnsafeMutableRawBufferPointer
    ) -> Bool {
        let length = length(of: block)
        if part.count == length { return unsafe readWhole(block, of: checksum, into: part) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: length, alignment: 64) { whole in
            guard unsafe readWhole(block, of: checksum, into: whole) else { return false }
            unsafe part.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[skip..<(skip + part.count)]))
            return true
        }
    }

    private func readWhole(_ block: Int, of checksum: UInt64, into whole: UnsafeMutableRawBufferPointer) -> Bool {
        guard let files else { return false }
        do {
            let count = try unsafe files.data.read(at: UInt64(block) * UInt64(blockSize), into: whole)
            return unsafe count == whole.count && blockChecksum(UnsafeRawBufferPointer(whole)) == checksum
        } catch {
            directory.warn("cannot read a block: \(error.message)")
            return false
        }
    }
}
