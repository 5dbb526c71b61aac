package import DatasetModel
internal import GRDB

/// Changes that begin on this side: names that are made, moved and published by the mount itself.
extension FactStore {
    /// Everything known at a location, under whatever directories.
    package func facts(at location: Location) throws(CacheError) -> [Fact] {
        try read { database in
            let statement = try database.cachedStatement(sql: "\(FactRow.selectFact) WHERE node.location = ?")
            return try FactRecord.fetchAll(statement, arguments: [StoredText.encode(location.rawValue)]).map(\.fact)
        }
    }

    /// Adds a child that the next listing may show or not.
    ///
    /// Another child of that name or at that location is removed: both lead elsewhere now.
    ///
    /// - Throws: `.schema` when there is no such directory.
    package func place(_ child: NamedNode, in parent: UInt64, at wall: Int64) throws(CacheError) -> Fact {
        try write { database in
            guard try FactRow.exists(parent, in: database) else {
                throw DatabaseError(resultCode: .SQLITE_CONSTRAINT, message: "no directory \(parent)")
            }
            try Self.clear(child.name, child.node.location, in: parent, except: nil, database)
            var row = FactRow(new: child, in: parent, at: wall, isWhole: true, isPinned: false)
            try row.insert(into: database)
            return row.fact
        }
    }

    /// Gives a row another place, name or location; what stands there already is removed. Its number stays.
    ///
    /// - Parameter keepsChildren: What lies below a directory has its address of its own.
    /// - Returns: Nil when the row is gone.
    @discardableResult
    package func move(
        _ inode: UInt64,
        to parent: UInt64,
        named name: String,
        location: Location,
        keepsChildren: Bool = false
    ) throws(CacheError) -> Fact? {
        try write { database in
            guard var row = try FactRow.fetch(inode, from: database), try FactRow.exists(parent, in: database) else {
                return nil
            }
            try Self.clear(name, location, in: parent, except: inode, database)
            let isElsewhere = row.fact.location != location
            row.fact.parent = parent
            row.fact.name = name
            row.fact.location = location
            try row.update(in: database)
            // Children of a directory whose address changed may have new addresses as well: they are asked for anew.
            if isElsewhere, !keepsChildren, row.fact.kind == .directory {
                try FactRow.removeDescendants(of: inode, from: database)
            }
            return row.fact
        }
    }

    /// Forgets what earlier mounts noted of changes that this one knows nothing of any more.
    ///
    /// - Parameters:
    ///   - prefix: How the locations and versions of unpublished things begin.
    ///   - known: Locations that are still to be published.
    package func forgetUnpublished(prefix: String, except known: Set<Location>) throws(CacheError) {
        try write { database in
            let like = prefix + "%"
            let rows = try FactRecord.fetchAll(
                database,
                sql: "\(FactRow.selectFact) WHERE node.location LIKE ? OR node.version LIKE ?",
                arguments: [like, like]
            )
            for fact in rows.map(\.fact) where !known.contains(fact.location) {
                if fact.location.rawValue.hasPrefix(prefix) {
                    try FactRow.remove(fact.inode, from: database)
                } else {
                    try database.cachedStatement(
                        sql: "UPDATE node SET version = NULL, size = NULL, knownAt = 0, confirmed = 0 WHERE inode = ?"
                    ).execute(arguments: [Int64(clamping: fact.inode)])
                }
                try database.cachedStatement(sql: "UPDATE listing SET listedAt = 0 WHERE directory = ?")
                    .execute(arguments: [Int64(clamping: fact.parent)])
            }
        }
    }

    private static func clear(
        _ name: String,
        _ location: Location,
        in parent: UInt64,
        except inode: UInt64?,
        _ database: Database
    ) throws {
        let statement = try database.cachedStatement(
            sql: "SELECT inode FROM node WHERE parent = ? AND (name = ? OR location = ?) AND inode IS NOT ?"
        )
        let arguments: StatementArguments = [
            Int64(clamping: parent), StoredText.encode(name), StoredText.encode(location.rawValue),
            inode.map { Int64(clamping: $0) },
        ]
        for other in try Int64.fetchAll(statement, arguments: arguments) {
            try FactRow.remove(UInt64(bitPattern: other), from: database)
        }
    }
}
