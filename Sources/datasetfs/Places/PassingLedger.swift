internal import DatasetModel
internal import Synchronization

/// Remembers an upload as long as the process lives: for what is made with one request.
final class PassingLedger: UploadLedger {
    private let latest = Mutex<String?>(nil)

    var lastNote: String? { latest.withLock { $0 } }

    func note(_ text: String) { latest.withLock { $0 = text } }

    func progress(_ bytes: UInt64) {}
}
