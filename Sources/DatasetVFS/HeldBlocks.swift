/// Bytes of one block in memory.
struct HeldBytes: Sendable {
    let segment: Segment
    let range: Range<Int>

    var count: Int { range.count }
}

/// The blocks of one content that are in memory: on their way to the cache, not yet read, or those it could not keep.
///
/// A pure value. A reader right behind a transfer gets its bytes without a way over the disk; what it has had and the
/// cache has, goes.
struct HeldBlocks {
    private enum Phase {
        /// The cache is being given it.
        case underWay
        /// The cache has it, and so has memory until its reader came.
        case unread
        /// The cache could not keep it.
        case refused
    }

    private struct Block {
        var bytes: HeldBytes
        var phase = Phase.underWay
        var isRead = false
    }

    /// Blocks that the cache refused are few and the newest: a reader that is too late fetches again.
    static let refusedLimit = 256
    /// So many stay even when memory is short, or a reader could starve behind its own transfer.
    static let refusedFloor = 32
    /// As many as a reader is ahead of itself at most.
    static let unreadLimit = 512

    private var blocks: [Int: Block] = [:]
    /// Oldest first.
    private var refused: [Int] = []
    private var unread: [Int] = []
    /// Blocks that the cache is being given.
    private(set) var underWay = 0
    /// Bytes that the cache does not have.
    private(set) var bytesNotKept = 0
    /// Bytes that the cache has, and memory until they were read.
    private(set) var bytesUnread = 0

    var isEmpty: Bool { blocks.isEmpty }
    var refusedCount: Int { refused.count }
    var unreadCount: Int { unread.count }

    func bytes(of block: Int) -> HeldBytes? { blocks[block]?.bytes }

    func holds(_ block: Int) -> Bool { blocks[block] != nil }

    /// Takes a block that will be given to the cache.
    mutating func hold(_ block: Int, _ bytes: HeldBytes) {
        remove(block)
        blocks[block] = Block(bytes: bytes)
        underWay += 1
        bytesNotKept += bytes.count
    }

    /// Which of a segment's blocks are to be given to the cache: not those that were dropped or came anew meanwhile.
    func runs(of segment: Segment, in range: Range<Int>) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for block in range where blocks[block]?.bytes.segment === segment {
            if let last = runs.last, last.upperBound == block {
                runs[runs.count - 1] = last.lowerBound..<block + 1
            } else {
                runs.append(block..<block + 1)
            }
        }
        return runs
    }

    /// The cache has been given a block of a segment.
    ///
    /// - Parameter staysUntilRead: There is room for it in memory until its reader comes.
    /// - Returns: False when the block was dropped or came anew meanwhile: what was written is not to be found.
    mutating func noteWritten(_ block: Int, of segment: Segment, isKept: Bool, staysUntilRead: Bool) -> Bool {
        guard let held = blocks[block], held.bytes.segment === segment else { return false }
        if isKept, held.isRead || !staysUntilRead {
            remove(block)
            return true
        }
        underWay -= 1
        if isKept {
            bytesNotKept -= held.bytes.count
            bytesUnread += held.bytes.count
            blocks[block]?.phase = .unread
            unread.append(block)
            if unread.count > Self.unreadLimit { remove(unread[0]) }
        } else {
            blocks[block]?.phase = .refused
            refused.append(block)
            trimRefused(to: Self.refusedLimit)
        }
        return true
    }

    /// Readers had these blocks to their ends: what only they needed goes.
    mutating func noteRead(_ range: Range<Int>) {
        for block in range {
            guard let held = blocks[block] else { continue }
            if held.phase == .underWay { blocks[block]?.isRead = true } else { remove(block) }
        }
    }

    /// Memory has run out because the cache's disk stands still: it does without blocks that their readers have had.
    mutating func giveUp(_ range: Range<Int>) {
        for block in range where blocks[block]?.phase == .underWay { remove(block) }
    }

    /// Bytes that are not to be believed any more.
    mutating func drop(_ range: Range<Int>) {
        if range.count > blocks.count {
            for block in blocks.keys.filter(range.contains) { remove(block) }
        } else {
            for block in range { remove(block) }
        }
    }

    /// Lets go of the oldest refused blocks.
    mutating func trimRefused(to limit: Int) {
        while refused.count > limit { remove(refused[0]) }
    }

    private mutating func remove(_ block: Int) {
        guard let held = blocks.removeValue(forKey: block) else { return }
        switch held.phase {
        case .underWay: underWay -= 1
        case .unread: unread.removeFirst(block)
        case .refused: refused.removeFirst(block)
        }
        if held.phase == .unread { bytesUnread -= held.bytes.count } else { bytesNotKept -= held.bytes.count }
    }
}

extension [Int] {
    /// Near the front, as a rule.
    fileprivate mutating func removeFirst(_ value: Int) {
        if let index = firstIndex(of: value) { remove(at: index) }
    }
}
