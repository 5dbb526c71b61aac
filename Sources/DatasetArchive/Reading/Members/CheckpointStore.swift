internal import Synchronization

/// Where the caller keeps the checkpoints of one member of one version of an archive; best effort, nothing fails.
///
/// Any number of calls may run at once. The bytes are checked when they come back: a store may lose or damage them.
package protocol CheckpointStore: Sendable {
    /// The offsets at which there are checkpoints, in any order; asked once by each reader.
    func offsets() -> [UInt64]
    func load(_ offset: UInt64) -> [UInt8]?
    /// Some 10 to 33 KiB, at most a thousand for one member.
    func save(_ bytes: [UInt8], at offset: UInt64)
    /// What is kept there is of no use.
    func discard(_ offset: UInt64)
}

/// Checkpoints for as long as the process lives.
package final class MemoryCheckpoints: CheckpointStore {
    private let kept = Mutex<[UInt64: [UInt8]]>([:])

    package init() {}

    package func offsets() -> [UInt64] {
        kept.withLock { Array($0.keys) }
    }

    package func load(_ offset: UInt64) -> [UInt8]? {
        kept.withLock { $0[offset] }
    }

    package func save(_ bytes: [UInt8], at offset: UInt64) {
        kept.withLock { $0[offset] = bytes }
    }

    package func discard(_ offset: UInt64) {
        kept.withLock { _ = $0.removeValue(forKey: offset) }
    }
}
