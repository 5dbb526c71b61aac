package import DatasetModel
internal import GRDB

extension FactStore {
    /// Adds one child that no listing shows, or updates the one at that location; later listings keep it.
    ///
    /// Another child of that name is removed: the name leads elsewhere now.
    ///
    /// - Throws: `.schema` when there is no such directory.
    @discardableResult
    package func add(_ child: NamedNode, to parent: UInt64, at wall: Int64) throws(CacheError) -> Fact {
        try write { database in
            guard try FactRow.exists(parent, in: database) else {
                throw DatabaseError(resultCode: .SQLITE_CONSTRAINT, message: "no directory \(parent)")
            }
            let location = child.node.location.rawValue
            let known = try FactRow.fetch(at: location, in: parent, from: database)
            let namesake = try database.cachedStatement(
                sql: "SELECT inode FROM node WHERE parent = ? AND name = ? AND inode IS NOT ?"
            )
            let arguments: StatementArguments = [
                Int64(clamping: parent), StoredText.encode(child.name), known.map { Int64(clamping: $0.fact.inode) },
            ]
            if let inode = try Int64.fetchOne(namesake, arguments: arguments) {
                try FactRow.remove(UInt64(bitPattern: inode), from: database)
            }
            guard var row = known else {
                var row = FactRow(new: child, in: parent, at: wall, isWhole: true, isPinned: true)
                try row.insert(into: database)
                return row.fact
            }
            row.isPinned = true
            try Self.take(child.node, named: child.name, into: &row, at: wall, database)
            return row.fact
        }
    }

    /// Takes over what the store said of one node, complete.
    ///
    /// The row keeps its location and its name in the tree.
    ///
    /// - Returns: The new fact, and whether what was known of the content (size, version, kind) is no longer so;
    ///   learning what was not known is no change. Nil when the row is gone.
    package func update(
        _ inode: UInt64,
        from node: Node,
        at wall: Int64
    ) throws(CacheError) -> (fact: Fact, contentChanged: Bool)? {
        try write { database in
            guard var row = try FactRow.fetch(inode, from: database) else { return nil }
            let difference = try Self.take(node, named: nil, into: &row, at: wall, database)
            return (row.fact, difference.contains(.content))
        }
    }

    /// Gives the row and its name a fresh inode; the old number stays with whoever still reads the old version.
    ///
    /// - Returns: Nil when the row is gone, or is the root.
    package func renumber(_ inode: UInt64) throws(CacheError) -> Fact? {
        guard inode != FactSchema.rootInode else { return nil }
        return try write { database in
            guard var row = try FactRow.fetch(inode, from: database) else { return nil }
            // `UPDATE` of a row number does not advance the sequence; the number is drawn from it first.
            let next = try Int64.fetchOne(
                database,
                sql: "UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'node' RETURNING seq"
            )
            guard let next else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "the sequence of inodes is gone")
            }
            let old = Int64(clamping: inode)
            for sql in [
                "UPDATE node SET inode = ? WHERE inode = ?", "UPDATE node SET parent = ? WHERE parent = ?",
                "UPDATE listing SET directory = ? WHERE directory = ?",
            ] {
                try database.cachedStatement(sql: sql).execute(arguments: [next, old])
            }
            row.fact.inode = UInt64(bitPattern: next)
            return row.fact
        }
    }

    /// Removes a row and all below it; the root stays.
    package func remove(_ inode: UInt64) throws(CacheError) {
        guard inode != FactSchema.rootInode else { return }
        try write { database in
            try FactRow.remove(inode, from: database)
        }
    }

    @discardableResult
    private static func take(
        _ node: Node,
        named name: String?,
        into row: inout FactRow,
        at wall: Int64,
        _ database: Database
    ) throws -> FactDifference {
        let difference = row.take(whole: node, named: name, at: wall)
        try row.update(in: database)
        if difference.contains(.content) {
            try FactRow.removeDescendants(of: row.fact.inode, from: database)
        }
        return difference
    }
}
