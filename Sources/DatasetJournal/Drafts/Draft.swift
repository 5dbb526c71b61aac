internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// Bytes while they are being changed; any thread reads and writes.
///
/// Small ones lie in memory; a larger one is a sparse file that holds what was written, over what it was opened on.
/// Sealing a file does not copy it: the content takes it over, and the next change goes to a new file over that content.
///
/// Lock order: `changing` < `state`. One thread at a time changes the draft, under `changing`, and does its writing to the
/// file there; `state` is held for moments, so that readers never wait for the disk or for a base.
package final class Draft: Sendable {
    let keeper: ContentKeeper
    let state: Mutex<DraftState>
    let changing = Mutex(DraftMemory())

    init(over base: (any DraftBase)?, keeper: ContentKeeper) {
        self.keeper = keeper
        state = Mutex(DraftState(over: base))
    }

    deinit {
        keeper.memory.discharge(changing.withLock { $0.charged })
    }

    package var size: UInt64 { state.withLock { $0.size } }

    /// Changed since the last seal; a draft over nothing is so from the start.
    package var isDirty: Bool { state.withLock { $0.isDirty } }

    /// Where the next bytes that are no hole begin: what was written, or what the base has.
    ///
    /// - Returns: Nil when there are none up to the end, or `offset` lies behind it.
    package func nextData(from offset: UInt64) -> UInt64? {
        state.withLock { state in
            guard offset < state.size else { return nil }
            switch (state.written.next(from: offset), state.inherited.next(from: offset)) {
            case (let written?, let inherited?): return min(written, inherited)
            case (let written, let inherited): return written ?? inherited
            }
        }
    }

    /// Where the next hole begins; the end of the file is one.
    ///
    /// - Returns: Nil when `offset` lies behind the end.
    package func nextHole(from offset: UInt64) -> UInt64? {
        state.withLock { state in
            guard offset < state.size else { return nil }
            var position = offset
            while true {
                let next = state.inherited.nextGap(from: state.written.nextGap(from: position))
                if next == position { return min(position, state.size) }
                position = next
            }
        }
    }
}

/// What a draft has charged for its buffer, and what it has written since the disk was last told to begin.
struct DraftMemory: Sendable {
    /// The disk is told after so many bytes.
    static let stride = 16 << 20

    var charged = 0
    var unsent = 0

    /// - Returns: Whether it is time to tell the disk.
    mutating func noteWritten(_ bytes: Int) -> Bool {
        unsent += bytes
        guard unsent >= Self.stride else { return false }
        unsent = 0
        return true
    }
}
