internal import DatasetCache
internal import Synchronization

/// One open directory. Offsets are inode numbers, so nothing needs to be copied when it is opened.
final class DirectoryHandle: Sendable {
    private struct State {
        var isListed = false
        var rest: DirectoryPage?
        var batch = DirectoryHandle.smallestBatch
    }

    let directory: UInt64
    let parent: UInt64
    private let state = Mutex(State())

    /// Rows read at once: few where facts change all the time and what was read is of no use any more, many where they rest.
    static let smallestBatch = 64
    static let largestBatch = 1024

    init(directory: UInt64, parent: UInt64) {
        self.directory = directory
        self.parent = parent
    }

    /// Reading on from `offset` needs a look at whether the listing is known: from the beginning, and at the first read.
    func needsListing(at offset: UInt64) -> Bool { offset == 0 || !state.withLock { $0.isListed } }

    func noteListed() { state.withLock { $0.isListed = true } }

    /// Keeps the rows that did not fit into an answer for the next one.
    func keep(_ page: DirectoryPage) { state.withLock { $0.rest = page } }

    /// What was kept of the rows behind an offset; an empty page when that is none or facts have changed since.
    func takeRest(behind offset: UInt64, generation: UInt64) -> DirectoryPage {
        state.withLock { state in
            if let rest = state.rest.take() {
                if rest.position == offset, rest.generation == generation { return rest }
                state.batch = Self.smallestBatch
            }
            return DirectoryPage(position: offset, generation: generation)
        }
    }

    /// How many rows to read next: twice as many as the last time.
    func nextBatch() -> Int {
        state.withLock { state in
            defer { state.batch = min(state.batch * 2, Self.largestBatch) }
            return state.batch
        }
    }
}

/// Rows of a directory that were read from the facts and not shown yet.
struct DirectoryPage: Sendable {
    var rows: ArraySlice<Fact> = []
    /// The offset of the row before the first.
    var position: UInt64
    /// Of the facts, when they were read.
    var generation: UInt64
    /// Nothing comes behind these.
    var isLast = false
}
