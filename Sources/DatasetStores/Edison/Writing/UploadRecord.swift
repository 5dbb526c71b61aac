internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// The note of one upload while it runs, and the ledger that keeps it.
    final class UploadRecord: Sendable {
        private let ledger: any UploadLedger
        private let state: Mutex<UploadNote>

        /// Goes on with the ledger's last note; one that cannot be read, or is about something else, is none.
        init(_ ledger: any UploadLedger, time: any TimeSource, _ concerns: (UploadNote) -> Bool) {
            self.ledger = ledger
            let known = ledger.lastNote.flatMap { UploadNote($0) }.flatMap { concerns($0) ? $0 : nil }
            state = Mutex(known ?? UploadNote(marker: Identifier.make(), began: time.wallNanoseconds()))
        }

        var note: UploadNote { state.withLock { $0 } }

        /// Changes the note and writes it down.
        ///
        /// - Throws: `.localFailure` when the ledger did not take it.
        func update(_ change: (inout UploadNote) -> Void) throws(StoreError) {
            let text = state.withLock { note in
                change(&note)
                return note.text
            }
            try ledger.note(text)
        }

        /// Changes the note without writing it down.
        func change(_ change: (inout UploadNote) -> Void) {
            state.withLock { change(&$0) }
        }

        func progress(_ bytes: UInt64) { ledger.progress(bytes) }

        /// The entry that was begun is of no use any more: the next one is another, with a marker of its own.
        func beginAnew(_ time: any TimeSource) throws(StoreError) {
            let began = time.wallNanoseconds()
            try update { note in
                note.marker = Identifier.make()
                note.began = began
                note.isSent = false
                note.entry = nil
                note.uploadURL = nil
                note.session = nil
                note.multipart = nil
            }
        }
    }
}
