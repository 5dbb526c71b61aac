/// The blocks of one content that are in memory: on their way to the cache, or those it could not keep.
///
/// A pure value. A block is held from the moment it came until it is in the cache and its reader had it; a reader right
/// behind a transfer so gets its bytes without a way over the disk.
struct HeldBlocks {
    private enum Fate {
        /// The cache is being given it.
        case underWay
        /// In the cache as well: held for the reader's speed only.
        case cached
        /// Nowhere else.
        case refused
    }

    private struct Block {
        var bytes: [UInt8]
        var fate: Fate
        /// Its bytes count against the budget.
        var isCharged: Bool
        var isServed = false
    }

    /// Blocks that the cache refused are few and the newest: a reader that is too late fetches again.
    static let refusedLimit = 256

    private var blocks: [Int: Block] = [:]
    /// Refused ones, oldest first.
    private var refused: [Int] = []
    private(set) var underWay = 0

    var isEmpty: Bool { blocks.isEmpty }
    var refusedCount: Int { refused.count }

    func bytes(of block: Int) -> [UInt8]? { blocks[block]?.bytes }

    func holds(_ block: Int) -> Bool { blocks[block] != nil }

    /// What is to be written to the cache; nil when the block was dropped meanwhile.
    func bytesUnderWay(_ block: Int) -> [UInt8]? {
        guard let held = blocks[block], held.fate == .underWay else { return nil }
        return held.bytes
    }

    /// Takes a block that will be given to the cache.
    ///
    /// - Returns: Charged bytes that became free.
    mutating func hold(_ block: Int, _ bytes: [UInt8]) -> Int {
        let freed = remove(block)
        blocks[block] = Block(bytes: bytes, fate: .underWay, isCharged: true)
        underWay += 1
        return freed
    }

    /// Takes a block that the cache has refused already.
    ///
    /// - Returns: Charged bytes that became free.
    mutating func holdRefused(_ block: Int, _ bytes: [UInt8]) -> Int {
        let freed = remove(block)
        blocks[block] = Block(bytes: bytes, fate: .refused, isCharged: false)
        refused.append(block)
        return freed + trimRefused()
    }

    /// The cache has been given a block.
    ///
    /// - Returns: Charged bytes that became free, nil when the block was dropped meanwhile.
    mutating func settle(_ block: Int, isKept: Bool) -> Int? {
        guard let held = blocks[block], held.fate == .underWay else { return nil }
        underWay -= 1
        if isKept {
            blocks[block]?.fate = .cached
            return held.isServed ? remove(block) : 0
        }
        blocks[block]?.fate = .refused
        refused.append(block)
        return trimRefused()
    }

    /// Readers had these blocks to their ends.
    ///
    /// - Returns: Charged bytes that became free.
    mutating func serve(_ range: Range<Int>) -> Int {
        var freed = 0
        for block in range {
            guard let held = blocks[block] else { continue }
            if held.fate == .underWay { blocks[block]?.isServed = true } else { freed += remove(block) }
        }
        return freed
    }

    /// Bytes that are not to be believed any more.
    ///
    /// - Returns: Charged bytes that became free.
    mutating func drop(_ range: Range<Int>) -> Int {
        range.reduce(0) { $0 + remove($1) }
    }

    /// Nobody reads here any more: what the cache has as well goes.
    ///
    /// - Returns: Charged bytes that became free.
    mutating func dropCached() -> Int {
        let cached = blocks.filter { $0.value.fate == .cached }.keys
        return cached.reduce(0) { $0 + remove($1) }
    }

    /// - Returns: Charged bytes that became free.
    mutating func dropAll() -> Int {
        blocks.keys.reduce(0) { $0 + remove($1) }
    }

    private mutating func trimRefused() -> Int {
        var freed = 0
        while refused.count > Self.refusedLimit { freed += remove(refused[0]) }
        return freed
    }

    private mutating func remove(_ block: Int) -> Int {
        guard let held = blocks.removeValue(forKey: block) else { return 0 }
        switch held.fate {
        case .underWay: underWay -= 1
        case .cached: break
        case .refused: refused.removeAll { $0 == block }
        }
        return held.isCharged ? held.bytes.count : 0
    }
}
