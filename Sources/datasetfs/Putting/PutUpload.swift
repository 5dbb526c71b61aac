internal import DatasetModel

/// One file's part of a ledger, and of what the progress shows.
final class PutUpload: UploadLedger {
    private let path: String
    private let ledger: PutLedger
    private let progress: PutProgress
    private let replaced: Location?

    /// - Parameter replaced: Nil when something new is made; what is noted about the other is of no use then.
    init(_ path: String, _ ledger: PutLedger, _ progress: PutProgress, replacing replaced: Location? = nil) {
        self.path = path
        self.replaced = replaced
        self.ledger = ledger
        self.progress = progress
    }

    var lastNote: String? {
        ledger.note(path).flatMap { $0.replaced == replaced?.rawValue ? $0.text : nil }
    }

    func note(_ text: String) throws(StoreError) {
        try ledger.set(PutLedger.Note(text: text, replaced: replaced?.rawValue), for: path)
    }

    func progress(_ bytes: UInt64) { progress.sent(bytes, of: path) }
}
