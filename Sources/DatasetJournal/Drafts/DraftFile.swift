internal import Synchronization

/// The file of a draft: removed with the draft, unless a sealed content has taken it over.
final class DraftFile: Sendable {
    let id: ContentID
    let file: OpenFile
    let path: String
    private let folder: ContentFolder
    private let isOwned = Mutex(true)

    init(_ id: ContentID, in folder: ContentFolder) throws(JournalError) {
        self.id = id
        self.folder = folder
        let path = folder.path(of: id)
        self.path = path
        file = try system(path) { () throws(SystemFailure) in try OpenFile(path, for: .creating) }
    }

    deinit {
        if isOwned.withLock({ $0 }) { folder.remove(id) }
    }

    /// From now on the sealed content of that number removes it.
    func handOver() {
        isOwned.withLock { $0 = false }
    }

    func write(_ bytes: [UInt8], at offset: UInt64) throws(JournalError) {
        try system(path) { () throws(SystemFailure) in try file.write(bytes, at: offset) }
    }

    func truncate(to size: UInt64) throws(JournalError) {
        try system(path) { () throws(SystemFailure) in try file.truncate(to: size) }
    }
}
