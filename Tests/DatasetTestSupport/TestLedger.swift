package import DatasetModel
internal import Synchronization

/// A ledger in memory that remembers all it was told, and can be the place where a process dies.
package final class TestLedger: UploadLedger {
    package enum Death: Sendable {
        /// The note was not kept any more.
        case before
        /// The note was kept, and nothing was done after it.
        case after
    }

    private struct State {
        var notes: [String] = []
        var progress: [UInt64] = []
        var taken = 0
        var death: (number: Int, Death)?
    }

    private let state: Mutex<State>

    /// - Parameter note: What an earlier process left.
    package init(lastNote note: String? = nil) {
        state = Mutex(State(notes: note.map { [$0] } ?? []))
    }

    package var lastNote: String? { state.withLock { $0.notes.last } }

    /// All that were kept, the oldest first.
    package var notes: [String] { state.withLock { $0.notes } }

    package var progressTold: [UInt64] { state.withLock { $0.progress } }

    /// How many notes were to be taken, kept or not.
    package var notesTaken: Int { state.withLock { $0.taken } }

    /// Fails the note of that number, from 1 in the order of arrival, and all behind it, with `.localFailure`.
    package func die(atNote number: Int, _ death: Death) {
        state.withLock { $0.death = (number, death) }
    }

    package func note(_ text: String) throws(StoreError) {
        try state.withLock { state throws(StoreError) in
            state.taken += 1
            let isDead = state.death.map { state.taken >= $0.number } ?? false
            if !isDead || (state.death?.1 == .after && state.taken == state.death?.number) { state.notes.append(text) }
            if isDead { throw StoreError(.localFailure, "the process died at note \(state.taken)") }
        }
    }

    package func progress(_ bytes: UInt64) {
        state.withLock { $0.progress.append(bytes) }
    }
}
