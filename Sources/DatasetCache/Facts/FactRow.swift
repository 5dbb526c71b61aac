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

/// A row of ``FactRow/selectFact``.
struct FactRecord: FetchableRecord {
    let fact: Fact

    init(row: Row) throws {
        fact = Fact(
            inode: UInt64(bitPattern: try row.decode(Int64.self, atIndex: 0)),
            parent: UInt64(bitPattern: try row.decode(Int64.self, atIndex: 1)),
            name: StoredText.decode(try row.decode(String.self, atIndex: 2)),
            location: Location(StoredText.decode(try row.decode(String.self, atIndex: 3))),
            kind: NodeKind(
                stored: try row.decode(Int64.self, atIndex: 4),
                target: try row.decode(String?.self, atIndex: 5)
            ),
            size: try row.decode(Int64?.self, atIndex: 6).map { UInt64(clamping: $0) },
            version: try row.decode(String?.self, atIndex: 7).map { Version(StoredText.decode($0)) },
            created: try row.decode(Int64?.self, atIndex: 8).map(Timestamp.init(nanoseconds:)),
            modified: try row.decode(Int64?.self, atIndex: 9).map(Timestamp.init(nanoseconds:)),
            changed: try row.decode(Int64?.self, atIndex: 10).map(Timestamp.init(nanoseconds:)),
            knownAt: try row.decode(Int64.self, atIndex: 11)
        )
    }
}

/// A row of ``FactRow/selectRow``.
///
/// Decoded by the calls that throw: subscripts of GRDB's rows trap where a damaged file holds NULL.
extension FactRow: FetchableRecord {
    init(row: Row) throws {
        let fact = try FactRecord(row: row).fact
        self.init(
            fact: fact,
            sourceName: try row.decode(String?.self, atIndex: 12).map(StoredText.decode) ?? fact.name,
            isPinned: try row.decode(Bool.self, atIndex: 13),
            isConfirmed: try row.decode(Bool.self, atIndex: 14),
            isComplete: try row.decode(Bool.self, atIndex: 15),
            attributes: try row.decode(String?.self, atIndex: 16)
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
