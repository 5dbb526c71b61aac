internal import DatasetCache
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// The contents that somebody has open, one per version, and the way to open another.
final class ContentTable: Sendable {
    private struct Slot {
        var content: Content
        var users: Int
    }

    private let store: any Store
    private let cache: BlockCache
    private let keeping: Content.Keeping
    private let slots = Mutex<[ContentKey: Slot]>([:])

    /// Memory for blocks on their way from the wire to the disk and the reader.
    static let memory = 64 << 20
    /// Writing to the disk is copying memory: more threads than two help no disk.
    private static let writers = 2

    init(store: any Store, cache: BlockCache) {
        self.store = store
        self.cache = cache
        keeping = Content.Keeping(
            budget: MemoryBudget(capacity: Self.memory),
            writers: WorkerPool(name: "cache", threads: Self.writers, capacity: Self.memory / cache.blockSize)
        )
    }

    /// Gives the cache all that is on its way to it.
    @available(*, noasync, message: "this blocks the calling thread")
    func shutDown() {
        keeping.writers.finish()
    }

    func key(of location: Location, _ version: Version) -> ContentKey {
        ContentKey(identity: store.traits.identity, location: location, version: version)
    }

    /// The content of that version, shared with whoever has it open; give it back with ``release(_:)``.
    func acquire(_ node: Node, size: UInt64, version: Version) -> Content {
        let key = key(of: node.location, version)
        // Opening reads one small file of the cache: local, short, and must not happen twice for one key.
        return slots.withLock { slots in
            if let slot = slots[key] {
                slots[key]?.users += 1
                return slot.content
            }
            let cached = cache.open(key, size: size)
            let content = Content(
                node: node,
                size: size,
                cached: cached,
                blockSize: cache.blockSize,
                store: store,
                keeping: keeping
            )
            slots[key] = Slot(content: content, users: 1)
            return content
        }
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

    /// Returns when the cache has what its reader had, so that the next one finds it there.
    @available(*, noasync, message: "this may wait for the disk")
    func release(_ content: Content) {
        guard let version = content.node.version else { return }
        content.settle()
        let key = key(of: content.node.location, version)
        slots.withLock { slots in
            guard let slot = slots[key] else { return }
            if slot.users <= 1 { slots[key] = nil } else { slots[key]?.users -= 1 }
        }
    }

    /// How much of that version lies in the cache.
    func state(of location: Location, _ version: Version, size: UInt64) -> AttributePolicy.State {
        let content = slots.withLock { $0[key(of: location, version)]?.content }
        content?.settle()
        let cached = content?.cached ?? cache.open(key(of: location, version), size: size)
        if cached.isComplete { return .cached }
        return cached.presentBytes > 0 ? .partial : .remote
    }

    var usage: (bytes: UInt64, files: Int) { cache.usage }

    func evict(_ location: Location) {
        cache.remove(location: location, identity: store.traits.identity)
    }
}
