/// The blocks of one content that are in memory: on their way to the cache, or those it could not keep.
///
/// A pure value. A reader right behind a transfer gets its bytes without a way over the disk; what the cache has, the
/// operating system keeps in memory better than this could.
struct HeldBlocks {
    private struct Block {
        var bytes: [UInt8]
        /// Tells this arrival of the block from an earlier one, whose writing may still be under way.
        var serial: UInt64
        var isRefused = false
    }

    /// Blocks that the cache refused are few and the newest: a reader that is too late fetches again.
    static let refusedLimit = 256
    /// So many stay even when memory is short, or a reader could starve behind its own transfer.
    static let refusedFloor = 32

    private var blocks: [Int: Block] = [:]
    /// Refused ones, oldest first.
    private var refused: [Int] = []
    private var nextSerial: UInt64 = 0
    /// Bytes in all of them.
    private(set) var count = 0
    /// Blocks that the cache is being given.
    private(set) var underWay = 0

    var isEmpty: Bool { blocks.isEmpty }
    var refusedCount: Int { refused.count }

    func bytes(of block: Int) -> [UInt8]? { blocks[block]?.bytes }

    func holds(_ block: Int) -> Bool { blocks[block] != nil }

    /// What is to be written to the cache; nil when the block was dropped or came anew meanwhile.
    func bytes(of block: Int, serial: UInt64) -> [UInt8]? {
        guard let held = blocks[block], held.serial == serial else { return nil }
        return held.bytes
    }

    /// Takes a block that will be given to the cache.
    ///
    /// - Returns: What tells this arrival from others.
    mutating func hold(_ block: Int, _ bytes: [UInt8]) -> UInt64 {
        remove(block)
        nextSerial += 1
        blocks[block] = Block(bytes: bytes, serial: nextSerial)
        underWay += 1
        count += bytes.count
        return nextSerial
    }

    /// The cache has been given a block.
    ///
    /// - Returns: False when the block was dropped or came anew meanwhile: what was written is not to be found.
    mutating func noteWritten(_ block: Int, serial: UInt64, isKept: Bool) -> Bool {
        guard let held = blocks[block], held.serial == serial else { return false }
        if isKept {
            remove(block)
        } else {
            underWay -= 1
            blocks[block]?.isRefused = true
            refused.append(block)
            trim(to: Self.refusedLimit)
        }
        return true
    }

    /// Readers had these blocks to their ends: what only they needed goes.
    mutating func noteRead(_ range: Range<Int>) {
        for block in range where blocks[block]?.isRefused == true { remove(block) }
    }

    /// Bytes that are not to be believed any more.
    mutating func drop(_ range: Range<Int>) {
        for block in range { remove(block) }
    }

    mutating func dropAll() {
        for block in Array(blocks.keys) { remove(block) }
    }

    /// Lets go of the oldest refused blocks.
    mutating func trim(to limit: Int) {
        while refused.count > limit { remove(refused[0]) }
    }

    private mutating func remove(_ block: Int) {
        guard let held = blocks.removeValue(forKey: block) else { return }
        if held.isRefused { refused.removeAll { $0 == block } } else { underWay -= 1 }
        count -= held.bytes.count
    }
}
