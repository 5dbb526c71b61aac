internal import Synchronization

/// Which checkpoints of a member there are, and where the next ones are worth their place.
final class CheckpointBook: Sendable {
    /// What inflating again costs at most; and no member has more than about a thousand.
    private static let leastSpacing: UInt64 = 4 << 20
    private static let most: UInt64 = 1_024

    private let member: ArchiveMember
    private let store: any CheckpointStore
    private let spacing: UInt64
    /// Sorted; nil until the store was asked.
    private let known = Mutex<[UInt64]?>(nil)

    init(_ member: ArchiveMember, store: any CheckpointStore) {
        self.member = member
        self.store = store
        spacing = max(Self.leastSpacing, member.size / Self.most)
    }

    /// Whether a checkpoint at `offset` would spare later readers something.
    func isDue(at offset: UInt64) -> Bool {
        guard offset >= spacing, member.size - offset >= spacing / 2 else { return false }
        let offsets = knownOffsets()
        let next = offsets.firstIndex { $0 > offset } ?? offsets.endIndex
        let before = next == offsets.startIndex ? 0 : offsets[next - 1]
        guard offset - before >= spacing else { return false }
        return next == offsets.endIndex || offsets[next] - offset >= spacing / 2
    }

    func save(_ checkpoint: InflateCheckpoint) {
        store.save(checkpoint.encoded(for: member), at: checkpoint.output)
        _ = knownOffsets()
        known.withLock { known in
            let offsets = known ?? []
            let place = offsets.firstIndex { $0 >= checkpoint.output } ?? offsets.endIndex
            guard place == offsets.endIndex || offsets[place] != checkpoint.output else { return }
            known?.insert(checkpoint.output, at: place)
        }
    }

    /// Where the nearest checkpoint at or before `offset` is; 0, the beginning, without one.
    func floor(of offset: UInt64) -> UInt64 {
        guard offset >= Self.leastSpacing else { return 0 }
        return knownOffsets().last { $0 <= offset } ?? 0
    }

    /// The nearest sound checkpoint at or before `offset`.
    func nearest(to offset: UInt64) -> InflateCheckpoint? {
        guard offset >= Self.leastSpacing else { return nil }
        for candidate in knownOffsets().reversed() where candidate <= offset {
            if let bytes = store.load(candidate), let checkpoint = InflateCheckpoint(encoded: bytes, for: member),
                checkpoint.output == candidate
            {
                return checkpoint
            }
            discard(candidate)
        }
        return nil
    }

    func discardAll() {
        knownOffsets().forEach(discard)
    }

    func discard(_ offset: UInt64) {
        store.discard(offset)
        known.withLock { known in known?.removeAll { $0 == offset } }
    }

    /// Asks the store outside of the lock; when two threads ask, both get the same answer.
    private func knownOffsets() -> [UInt64] {
        if let offsets = known.withLock({ $0 }) { return offsets }
        let offsets = store.offsets().filter { $0 <= member.size }.sorted()
        return known.withLock { known in
            if known == nil { known = offsets }
            return known ?? []
        }
    }
}
