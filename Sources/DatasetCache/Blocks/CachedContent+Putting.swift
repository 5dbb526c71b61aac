internal import DatasetSync
internal import Synchronization

extension CachedContent {
    /// Keeps one whole block; the last one is as short as the content.
    ///
    /// - Returns: False when it could not be kept: no room, a failing disk, or not a whole block.
    @discardableResult
    package func put(block: Int, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard block >= 0, block < blockCount else { return false }
        return unsafe put(blocks: block..<block + 1, bytes)
    }

    /// Keeps consecutive whole blocks, all or none.
    ///
    /// - Parameter bypassing: The bytes go to the disk directly where that is possible, and leave the operating system's
    ///   cache to others. The call then waits for the disk.
    /// - Returns: False when they could not be kept: no room, a failing disk, or not whole blocks.
    package func put(blocks: Range<Int>, _ bytes: UnsafeRawBufferPointer, bypassing: Bool = false) -> Bool {
        guard let files, !blocks.isEmpty, blocks.lowerBound >= 0, blocks.upperBound <= blockCount else { return false }
        let lengths = blocks.map { length(of: $0) }
        guard bytes.count == lengths.reduce(0, +) else { return false }
        let checksums = unsafe checksums(of: bytes, lengths)
        let known = map.withLock { map in blocks.map { map[$0] } }
        if known == checksums { return true }
        let charges = zip(known, lengths).map { $0 == 0 ? Self.pages($1) : 0 }
        let charge = charges.reduce(0, +)
        guard directory.admit(charge, of: name) else { return false }
        let start = UInt64(blocks.lowerBound) * UInt64(blockSize)
        do throws(SystemFailure) {
            try unsafe write(bytes, at: start, to: files, bypassing: bypassing)
        } catch {
            directory.release(charge, of: name)
            directory.warn("cannot keep a block: \(error.message)")
            return false
        }
        // Somebody else put some of them meanwhile: those are charged already.
        let twice = map.withLock { map in
            var twice: UInt64 = 0
            for (index, block) in blocks.enumerated() {
                if map[block] != 0 { twice += charges[index] }
                map.set(block, to: checksums[index])
            }
            return twice
        }
        if twice > 0 { directory.release(twice, of: name) }
        mirror(blocks)
        return true
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer,
        at offset: UInt64,
        to files: BlockFiles,
        bypassing: Bool
    ) throws(SystemFailure) {
        let isDirect = bypassing && directory.pace.withLock { $0.takes(bytes.count) }
        try dataWrites.withLock { _ throws(SystemFailure) in
            let start = directory.time.now()
            try unsafe files.write(bytes, at: offset, bypassing: isDirect)
            if isDirect {
                let duration = directory.time.now() - start
                directory.pace.withLock { $0.note(bytes.count, in: duration) }
            }
        }
    }

    private func checksums(of bytes: UnsafeRawBufferPointer, _ lengths: [Int]) -> [UInt64] {
        var start = 0
        return lengths.map { length in
            defer { start += length }
            return unsafe blockChecksum(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
        }
    }

    /// File systems allocate pages.
    private static func pages(_ bytes: Int) -> UInt64 { UInt64((bytes + 4095) / 4096 * 4096) }
}
