internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

/// When `close(2)` may answer that all is well (`--durability`).
package enum Durability: String, Sendable, CaseIterable {
    /// The store has the content.
    case through
    /// The content is safe in the journal and is published behind.
    case back
}

/// What a file system that can be written has besides: the journal, what is on its way, and who brings it there.
final class WriteSide: Sendable {
    let journal: Journal
    let changes: ChangeTable
    let publisher: Publisher
    let names: NamePolicy
    let ignores: TreeIgnores
    let durability: Durability
    /// The mount is about to end: what is under way is finished, nothing new begins.
    private let isClosing = Atomic(false)

    init(
        journal: Journal,
        changes: ChangeTable,
        publisher: Publisher,
        names: NamePolicy,
        ignores: TreeIgnores,
        durability: Durability
    ) {
        self.journal = journal
        self.changes = changes
        self.publisher = publisher
        self.names = names
        self.ignores = ignores
        self.durability = durability
    }

    var isOpen: Bool { !isClosing.load(ordering: .acquiring) }

    func close() { isClosing.store(true, ordering: .releasing) }

    /// How long a name in passing is waited for before it is published after all.
    static let passingPause: Int64 = 5_000_000_000

    /// Scope and time of a file by its name and place.
    func place(_ change: inout Change, inLocalDirectory isLocal: Bool, now wall: Int64) {
        change.notBefore = 0
        switch names.treatment(of: change.name, inLocalDirectory: isLocal || ignores.ignores(change)) {
        case .published: change.scope = .published
        case .local: change.scope = .local
        case .inPassing:
            change.scope = .published
            change.notBefore = wall + Self.passingPause
        }
    }
}
