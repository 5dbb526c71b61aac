internal import Synchronization

/// One version of one content, as far as it is in the cache; open for as long as somebody holds the object.
///
/// Any number of threads read and put at once. Nothing here fails: a sick disk answers misses.
///
/// Lock order: `mapWrites` < `map`; `dataWrites` is held alone. Under `mapWrites` alone checksums are written to the file, so that the file ends
/// up with what memory says, whoever comes last.
package final class CachedContent: Sendable {
    /// Bytes of the whole content.
    package let size: UInt64
    /// Bytes of every block but the last.
    package let blockSize: Int
    package let blockCount: Int

    /// What the files were opened as; nil where nothing is kept.
    let header: MapHeader?
    let name: ContentName
    let files: BlockFiles?
    let directory: CacheDirectory
    let map: Mutex<BlockMap>
    let mapWrites = Mutex(())
    /// Held while data is written. The kernel lets one thread write a file at a time as well, but has the next one spin for
    /// it, at the cost of those who have work to do.
    let dataWrites = Mutex(())

    init(
        _ name: ContentName,
        header: MapHeader,
        files: BlockFiles,
        map: sending BlockMap,
        in directory: CacheDirectory
    ) {
        self.name = name
        self.header = header
        self.files = files
        self.directory = directory
        size = header.size
        blockSize = header.blockSize
        blockCount = map.blockCount
        self.map = Mutex(map)
    }

    /// A content of which nothing is kept.
    init(volatile name: ContentName, size: UInt64, blockSize: Int, in directory: CacheDirectory) {
        self.name = name
        header = nil
        files = nil
        self.directory = directory
        self.size = size
        self.blockSize = blockSize
        blockCount = Self.blockCount(size: size, blockSize: blockSize)
        map = Mutex(BlockMap(blockCount: blockCount))
    }

    deinit {
        if let files { directory.close(name, id: ObjectIdentifier(self), files) }
    }

    static func blockCount(size: UInt64, blockSize: Int) -> Int {
        let (whole, rest) = size.quotientAndRemainder(dividingBy: UInt64(blockSize))
        return Int(clamping: whole + (rest == 0 ? 0 : 1))
    }

    /// Nothing put here is kept: the disk failed when it was opened, or it is just being removed.
    package var isVolatile: Bool { files == nil && size > 0 }

    package var isComplete: Bool { map.withLock { $0.presentCount == $0.blockCount } }

    package var presentBytes: UInt64 {
        let (present, hasLast) = map.withLock { ($0.presentCount, $0[blockCount - 1] != 0) }
        let whole = UInt64(present) * UInt64(blockSize)
        return hasLast ? whole - UInt64(blockSize - length(of: blockCount - 1)) : whole
    }

    package func holds(block: Int) -> Bool {
        map.withLock { $0[block] != 0 }
    }

    /// Bytes of a block of this content.
    package func length(of block: Int) -> Int {
        let start = UInt64(block) * UInt64(blockSize)
        return start < size ? Int(min(UInt64(blockSize), size - start)) : 0
    }

    /// Forgets blocks, so that they are fetched again.
    package func drop(blocks: Range<Int>) {
        guard let files else { return }
        let (runs, isEmpty) = map.withLock { map in
            let runs = map.presentRuns(in: blocks)
            for run in runs {
                for block in run { map.set(block, to: 0) }
            }
            return (runs, map.presentCount == 0)
        }
        for run in runs { mirror(run) }
        guard isEmpty, !runs.isEmpty else { return }
        do {
            try files.data.truncate(to: 0)
            try files.data.truncate(to: size)
        } catch {
            directory.warn("cannot empty a content: \(error.message)")
        }
        directory.measure(name, files)
    }

    /// Forgets a block whose bytes are not those of `checksum`, unless it was put anew meanwhile.
    func discard(_ block: Int, of checksum: UInt64) {
        let isGone = map.withLock { map in
            guard map[block] == checksum else { return false }
            map.set(block, to: 0)
            return true
        }
        if isGone { mirror(block..<(block + 1)) }
    }

    /// Writes what memory says of some blocks to the map file.
    func mirror(_ blocks: Range<Int>) {
        guard let files else { return }
        var start = blocks.lowerBound
        while start < blocks.upperBound {
            let end = min(start + BlockMap.segmentLength, blocks.upperBound)
            do throws(SystemFailure) {
                try mapWrites.withLock { _ throws(SystemFailure) in
                    let checksums = map.withLock { map in (start..<end).map { map[$0] } }
                    try files.writeChecksums(checksums, from: start)
                }
            } catch {
                // Known in memory all the same; the next start may not know it.
                directory.warn("cannot note a block: \(error.message)")
            }
            start = end
        }
    }
}
