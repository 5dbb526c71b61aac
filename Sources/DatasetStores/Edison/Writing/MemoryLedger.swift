internal import DatasetModel
internal import Synchronization

extension Edison {
    /// Remembers one upload within one call; what breaks off there is not gone on with.
    final class MemoryLedger: UploadLedger {
        private let latest = Mutex<String?>(nil)

        var lastNote: String? { latest.withLock { $0 } }

        func note(_ text: String) { latest.withLock { $0 = text } }

        func progress(_ bytes: UInt64) {}
    }
}
