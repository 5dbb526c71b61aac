import DatasetModel
import DatasetTestSupport
import Synchronization

@testable import DatasetJournal

/// Collects what a journal warns of.
final class Warnings: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { $0.append(text) } }
}
