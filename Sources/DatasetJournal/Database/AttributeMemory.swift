internal import DatasetModel
internal import GRDB
internal import Synchronization

/// All rows of the table `attribute`, in memory: `stat(2)` asks for them.
final class AttributeMemory: Sendable {
    private let rows: Mutex<[Location: LocalAttributes]>

    init(_ database: JournalDatabase) throws(JournalError) {
        let all = try database.read { try AttributeRow.fetchAll($0, sql: AttributeRow.selectAll) }
        rows = Mutex(Dictionary(all.map { ($0.location, $0.attributes) }, uniquingKeysWith: { $1 }))
    }

    subscript(location: Location) -> LocalAttributes? {
        rows.withLock { $0[location] }
    }

    /// Follows edits that have just been committed, in their order.
    func follow(_ edits: [Edit]) {
        for edit in edits {
            switch edit {
            case .attributes(let attributes, of: let location):
                rows.withLock { $0[location] = attributes?.isEmpty == false ? attributes : nil }
            case .moveAttributes(from: let old, to: let new):
                rows.withLock { rows in
                    guard old != new else { return }
                    rows[new] = rows.removeValue(forKey: old)
                }
            case .put, .drop, .keep:
                break
            }
        }
    }
}
