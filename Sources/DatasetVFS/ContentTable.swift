internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// The contents that somebody has open, one per version, and the way to open another.
final class ContentTable: Sendable {
    /// One version should have one size; a store that tells two for it is not to make readers of one read past the other.
    private struct SlotKey: Hashable {
        var content: ContentKey
        var size: UInt64
    }

    private struct Slot {
        var content: Content
        var users: Int
    }

    private let store: any Store
    private let cache: BlockCache
    private let keeping: Content.Keeping
    /// What was published over versions that somebody is still changing.
    let replaced = ReplacedBases()
    private let slots = Mutex<[SlotKey: Slot]>([:])

    /// Memory for blocks on their way from the wire to the disk and the reader.
    static let memory = 64 << 20
    /// Of it, for blocks that wait for their reader alone: what is left is for those on their way, whoever pauses.
    static let unread = 40 << 20
    /// One waits for the disk while the other prepares the next.
    private static let writers = 2

    init(store: any Store, cache: BlockCache, wholeLimit: UInt64 = 0) {
        self.store = store
        self.cache = cache
        keeping = Content.Keeping(
            segments: SegmentPool(budget: MemoryBudget(capacity: Self.memory)),
            unread: MemoryBudget(capacity: Self.unread),
            // What waits here is bounded by the memory it is in.
            writers: WorkerPool(name: "cache", threads: Self.writers, capacity: .max),
            wholeLimit: wholeLimit
        )
    }

    /// One more table over the same cache and within the same memory, for what another store tells.
    init(store: any Store, sharing other: ContentTable) {
        self.store = store
        cache = other.cache
        keeping = other.keeping
    }

    /// Gives the cache all that is on its way to it.
    @available(*, noasync, message: "this blocks the calling thread")
    func shutDown() {
        keeping.writers.finish()
    }

    func key(of location: Location, _ version: Version) -> ContentKey {
        ContentKey(identity: store.traits.identity, location: location, version: version)
    }

    /// A version as far as it lies here: for when the store cannot be asked about it.
    func known(_ origin: Origin) -> Node? {
        guard let size = cache.size(of: key(of: origin.location, origin.version)) else { return nil }
        return Node(location: origin.location, name: "", kind: .file, size: size, version: origin.version)
    }

    /// The content of that version, shared with whoever has it open; give it back with ``release(_:)``.
    func acquire(_ node: Node, size: UInt64, version: Version) -> Content {
        let key = SlotKey(content: key(of: node.location, version), size: size)
        // Opening reads one small file of the cache: local, short, and must not happen twice for one key.
        return slots.withLock { slots in
            if let slot = slots[key] {
                slots[key]?.users += 1
                return slot.content
            }
            let content = Content(
                node: node,
                size: size,
                cached: cache.open(key.content, size: size),
                blockSize: cache.blockSize,
                store: store,
                keeping: keeping
            )
            slots[key] = Slot(content: content, users: 1)
            return content
        }
    }

    /// The last user's release lets the content go once the cache has all of it; who opens it before finds it still here.
    func release(_ content: Content) {
        guard let key = slotKey(of: content) else { return }
        let isLast = slots.withLock { slots -> Bool in
            guard let slot = slots[key], slot.content === content else { return false }
            slots[key]?.users -= 1
            return slot.users == 1
        }
        guard isLast else { return }
        content.whenIdle { [weak self] in self?.removeUnused(key) }
    }

    private func removeUnused(_ key: SlotKey) {
        // Out of the lock's reach: the last reference to a content closes its files.
        let removed = slots.withLock { slots -> Slot? in
            guard let slot = slots[key], slot.users == 0 else { return nil }
            return slots.removeValue(forKey: key)
        }
        _ = removed
    }

    private func slotKey(of content: Content) -> SlotKey? {
        content.node.version.map { SlotKey(content: key(of: content.node.location, $0), size: content.size) }
    }

    /// Keeps content that came together with the facts, so that reading it costs no second request; best effort.
    func keepInline(_ node: Node) {
        guard let bytes = node.inlineContent, let version = node.version, node.size == UInt64(bytes.count) else {
            return
        }
        let cached = cache.open(key(of: node.location, version), size: UInt64(bytes.count))
        var block = 0
        var start = 0
        while start < bytes.count {
            let end = min(start + cache.blockSize, bytes.count)
            if !cached.holds(block: block) {
                _ = unsafe bytes.withUnsafeBytes {
                    unsafe cached.put(block: block, UnsafeRawBufferPointer(rebasing: $0[start..<end]))
                }
            }
            block += 1
            start = end
        }
    }

    /// How much of that version lies here.
    func state(of location: Location, _ version: Version, size: UInt64) -> AttributePolicy.State {
        let key = SlotKey(content: key(of: location, version), size: size)
        let content = slots.withLock { $0[key]?.content }
        let cached = content?.cached ?? cache.open(key.content, size: size)
        let present = cached.presentBytes + (content?.bytesUnderWay ?? 0)
        if cached.isComplete || present >= size { return .cached }
        return present > 0 ? .partial : .remote
    }

    var usage: (bytes: UInt64, files: Int) { cache.usage }

    /// Drops what is here of all versions of a thing; who has it open fetches anew.
    func evict(_ location: Location) {
        let open = slots.withLock { $0.values.map(\.content).filter { $0.node.location == location } }
        for content in open { content.drop(0..<content.cached.blockCount) }
        cache.remove(location: location, identity: store.traits.identity)
    }
}
