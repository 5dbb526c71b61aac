internal import Synchronization

/// Which sizes of a directory have been asked for since it was last listed, so that a walk finds a batch under way
/// ahead of it and none is asked for twice.
///
/// Who stats a directory may do so in any order: names are sorted by some programs before they look.
final class SizeSchedule: Sendable {
    /// Sizes that are under way at once for one directory.
    static let batch = 64

    private struct Directory {
        var asked: Set<UInt64> = []
        var underWay = 0
        /// Told by each errand when it ends, so that one from before a new listing does not count in the new one.
        var generation = 0
    }

    private struct State {
        var directories: [UInt64: Directory] = [:]
        var generation = 0
    }

    /// One size to ask for; give it back with ``finish(_:)``.
    struct Errand: Sendable {
        let inode: UInt64
        fileprivate let directory: UInt64
        fileprivate let generation: Int
    }

    /// Forgetting what was asked is harmless: it is asked once more.
    private static let capacity = 1 << 16

    private let state = Mutex(State())

    /// How many more should be under way, 0 while at least half a batch is.
    func room(in directory: UInt64) -> Int {
        state.withLock { state in
            let underWay = state.directories[directory]?.underWay ?? 0
            return underWay <= Self.batch / 2 ? Self.batch - underWay : 0
        }
    }

    /// Of these, the ones nobody asked for yet, as far as there is room; they count as asked from now on.
    func claim(_ inodes: [UInt64], in directory: UInt64) -> [Errand] {
        state.withLock { state in
            var entry = state.directories[directory] ?? Directory(generation: state.generation)
            state.generation += 1
            if entry.asked.count > Self.capacity { entry.asked = [] }
            var errands: [Errand] = []
            for inode in inodes where entry.underWay < Self.batch && entry.asked.insert(inode).inserted {
                entry.underWay += 1
                errands.append(Errand(inode: inode, directory: directory, generation: entry.generation))
            }
            state.directories[directory] = entry
            return errands
        }
    }

    func finish(_ errand: Errand) {
        state.withLock { state in
            guard state.directories[errand.directory]?.generation == errand.generation else { return }
            state.directories[errand.directory]?.underWay -= 1
        }
    }

    /// The directory was listed anew: begin anew.
    func reset(_ directory: UInt64) {
        state.withLock { _ = $0.directories.removeValue(forKey: directory) }
    }
}
