internal import DatasetModel
internal import GRDB

/// A whole row: the fact and what only decides how it changes.
struct FactRow {
    var fact: Fact
    /// The name as the store says it.
    var sourceName: String
    /// Stays although no listing shows it.
    var isPinned: Bool
    /// The time of the parent's listing counts as `knownAt`.
    var isConfirmed: Bool
    /// The attributes are all the store has.
    var isComplete: Bool
    /// JSON, nil when there are none.
    var attributes: String?
}

extension FactRow {
    private static let factColumns = """
        node.inode, node.parent, node.name, node.location, node.kind, node.target, node.size, node.version,
        node.created, node.modified, node.changed,
        max(node.knownAt, iif(node.confirmed, coalesce(listing.listedAt, 0), 0))
        """
    private static let source = "FROM node LEFT JOIN listing ON listing.directory = node.parent"

    static let selectFact = "SELECT \(factColumns) \(source)"
    static let selectRow = """
        SELECT \(factColumns), node.sourceName, node.pinned, node.confirmed, node.complete, node.attributes \(source)
        """

    /// Reads a row of ``selectRow``.
    init(_ row: Row) {
        let fact = Fact(row)
        self.init(
            fact: fact,
            sourceName: (row[12] as String?).map(StoredText.decode) ?? fact.name,
            isPinned: row[13],
            isConfirmed: row[14],
            isComplete: row[15],
            attributes: row[16]
        )
    }

    static let insert = """
        INSERT INTO node (parent, name, location, kind, target, size, version, created, modified, changed, knownAt,
            sourceName, pinned, confirmed, complete, attributes)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    static let update = """
        UPDATE node SET parent = ?, name = ?, location = ?, kind = ?, target = ?, size = ?, version = ?, created = ?,
            modified = ?, changed = ?, knownAt = ?, sourceName = ?, pinned = ?, confirmed = ?, complete = ?,
            attributes = ?
        WHERE inode = ?
        """

    /// What ``insert`` takes; ``update`` wants the inode behind it.
    var arguments: [(any DatabaseValueConvertible)?] {
        let (kind, target) = fact.kind.stored
        return [
            Int64(clamping: fact.parent), StoredText.encode(fact.name), StoredText.encode(fact.location.rawValue),
            kind, target.map(StoredText.encode), fact.size.map { Int64(clamping: $0) },
            fact.version.map { StoredText.encode($0.rawValue) }, fact.created?.nanoseconds,
            fact.modified?.nanoseconds, fact.changed?.nanoseconds, fact.knownAt,
            sourceName.isExactly(fact.name) ? nil : StoredText.encode(sourceName), isPinned, isConfirmed, isComplete,
            attributes,
        ]
    }
}

extension Fact {
    /// Reads a row of ``FactRow/selectFact``.
    init(_ row: Row) {
        self.init(
            inode: UInt64(bitPattern: row[0] as Int64),
            parent: UInt64(bitPattern: row[1] as Int64),
            name: StoredText.decode(row[2]),
            location: Location(StoredText.decode(row[3])),
            kind: NodeKind(stored: row[4], target: row[5]),
            size: (row[6] as Int64?).map { UInt64(clamping: $0) },
            version: (row[7] as String?).map { Version(StoredText.decode($0)) },
            created: (row[8] as Int64?).map(Timestamp.init(nanoseconds:)),
            modified: (row[9] as Int64?).map(Timestamp.init(nanoseconds:)),
            changed: (row[10] as Int64?).map(Timestamp.init(nanoseconds:)),
            knownAt: row[11]
        )
    }
}

extension NodeKind {
    fileprivate var stored: (kind: Int64, target: String?) {
        switch self {
        case .directory: (0, nil)
        case .file: (1, nil)
        case .link(let target): (2, target)
        }
    }

    fileprivate init(stored kind: Int64, target: String?) {
        switch kind {
        case 0: self = .directory
        case 1: self = .file
        default: self = .link(target: StoredText.decode(target ?? ""))
        }
    }
}
