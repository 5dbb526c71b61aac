internal import DatasetModel
internal import FoundationEssentials
internal import GRDB

/// A change as a row of the table `change`.
struct ChangeRow: FetchableRecord {
    let change: Change

    static let columns = """
        id, kind, target, location, version, parent, name, isRemoval, content, size, modified, description, tags, scope,
        notBefore, tries, failureCode, failureMessage, failureRemedy, failureStatus, failureRequest, failureIsFinal,
        failureAt, note
        """
    static let put =
        "INSERT OR REPLACE INTO change (\(columns)) VALUES (\(Array(repeating: "?", count: 24).joined(separator: ", ")))"
    static let selectAll = "SELECT \(columns) FROM change ORDER BY id"

    init(_ change: Change) {
        self.change = change
    }

    /// What ``put`` takes.
    var arguments: [(any DatabaseValueConvertible)?] {
        let (kind, target) = change.kind.stored
        let failure = change.failure
        return [
            change.id.rawValue, kind, target.map(StoredBytes.encode), StoredBytes.encode(change.location.rawValue),
            change.version.map { StoredBytes.encode($0.rawValue) }, StoredBytes.encode(change.parent.rawValue),
            StoredBytes.encode(change.name), change.isRemoval, change.content?.rawValue,
            Int64(clamping: change.size), change.modified.nanoseconds, change.description.map(StoredBytes.encode),
            change.tags.map(StoredBytes.encode(tags:)), change.scope.rawValue, change.notBefore, change.tries,
            failure?.code.rawValue, failure.map { StoredBytes.encode($0.message) },
            failure?.remedy.map(StoredBytes.encode), failure?.httpStatus,
            failure?.requestID.map(StoredBytes.encode), failure?.isFinal, failure?.at,
            change.note.map(StoredBytes.encode),
        ]
    }

    /// Decoded by the calls that throw: subscripts of GRDB's rows trap where a damaged file holds NULL.
    init(row: Row) throws {
        func text(_ index: Int) throws -> String { StoredBytes.decode(try row.decode(Data.self, atIndex: index)) }
        func optional(_ index: Int) throws -> String? {
            try row.decode(Data?.self, atIndex: index).map(StoredBytes.decode)
        }
        var change = Change(
            id: ChangeID(rawValue: try row.decode(Int64.self, atIndex: 0)),
            kind: try NodeKind(stored: try row.decode(Int64.self, atIndex: 1), target: try optional(2)),
            location: Location(try text(3)),
            version: try optional(4).map { Version($0) },
            parent: Location(try text(5)),
            name: try text(6)
        )
        change.isRemoval = try row.decode(Bool.self, atIndex: 7)
        change.content = try row.decode(Int64?.self, atIndex: 8).map(ContentID.init(rawValue:))
        change.size = UInt64(clamping: try row.decode(Int64.self, atIndex: 9))
        change.modified = Timestamp(nanoseconds: try row.decode(Int64.self, atIndex: 10))
        change.description = try optional(11)
        change.tags = try row.decode(Data?.self, atIndex: 12).map(StoredBytes.decodeTags)
        guard let scope = Change.Scope(rawValue: try row.decode(Int.self, atIndex: 13)) else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "change \(change.id) has an unknown scope")
        }
        change.scope = scope
        change.notBefore = try row.decode(Int64.self, atIndex: 14)
        change.tries = try row.decode(Int.self, atIndex: 15)
        if let code = try row.decode(String?.self, atIndex: 16) {
            change.failure = Change.Failure(
                // A code that this program does not know is still a failure.
                code: StoreError.Code(rawValue: code) ?? .localFailure,
                message: try text(17),
                remedy: try optional(18),
                httpStatus: try row.decode(Int?.self, atIndex: 19),
                requestID: try optional(20),
                isFinal: try row.decode(Bool.self, atIndex: 21),
                at: try row.decode(Int64.self, atIndex: 22)
            )
        }
        change.note = try optional(23)
        self.change = change
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

    fileprivate init(stored kind: Int64, target: String?) throws {
        switch (kind, target) {
        case (0, _): self = .directory
        case (1, _): self = .file
        case (2, let target?): self = .link(target: target)
        default: throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a change is of an unknown kind")
        }
    }
}
