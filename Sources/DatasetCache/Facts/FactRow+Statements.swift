internal import GRDB

extension FactRow {
    static func fetch(_ inode: UInt64, from database: Database) throws -> FactRow? {
        let statement = try database.cachedStatement(sql: "\(selectRow) WHERE node.inode = ?")
        return try Row.fetchOne(statement, arguments: [Int64(clamping: inode)]).map(FactRow.init)
    }

    /// The child at that location or, failing that, nothing.
    static func fetch(at location: String, in parent: UInt64, from database: Database) throws -> FactRow? {
        let statement = try database.cachedStatement(sql: "\(selectRow) WHERE node.parent = ? AND node.location = ?")
        let arguments: StatementArguments = [Int64(clamping: parent), StoredText.encode(location)]
        return try Row.fetchOne(statement, arguments: arguments).map(FactRow.init)
    }

    static func fetchChildren(of parent: UInt64, from database: Database) throws -> [FactRow] {
        let statement = try database.cachedStatement(sql: "\(selectRow) WHERE node.parent = ? ORDER BY node.inode")
        return try FactRow.fetchAll(statement, arguments: [Int64(clamping: parent)])
    }

    /// Writes a new row and takes its inode from it.
    mutating func insert(into database: Database) throws {
        let statement = try database.cachedStatement(sql: Self.insert)
        statement.setUncheckedArguments(StatementArguments(arguments))
        try statement.execute()
        fact.inode = UInt64(bitPattern: database.lastInsertedRowID)
    }

    func update(in database: Database) throws {
        let statement = try database.cachedStatement(sql: Self.update)
        statement.setUncheckedArguments(StatementArguments(arguments + [Int64(clamping: fact.inode)]))
        try statement.execute()
    }

    /// Frees the name for a sibling that takes it in the same transaction; no tree's name holds a `/`.
    static func vacateName(of inode: UInt64, in database: Database) throws {
        let statement = try database.cachedStatement(sql: "UPDATE node SET name = '/' || inode WHERE inode = ?")
        try statement.execute(arguments: [Int64(clamping: inode)])
    }

    static func exists(_ inode: UInt64, in database: Database) throws -> Bool {
        let statement = try database.cachedStatement(sql: "SELECT 1 FROM node WHERE inode = ?")
        return try Row.fetchOne(statement, arguments: [Int64(clamping: inode)]) != nil
    }

    /// Removes a row and all below it.
    static func remove(_ inode: UInt64, from database: Database) throws {
        try removeDescendants(of: inode, from: database)
        try database.cachedStatement(sql: "DELETE FROM node WHERE inode = ?")
            .execute(arguments: [Int64(clamping: inode)])
    }

    /// Removes what lies below a row, and what was known of its listing.
    static func removeDescendants(of inode: UInt64, from database: Database) throws {
        // Most things have nothing below them, and asking is much cheaper than the recursion.
        let isParent = try database.cachedStatement(
            sql:
                "SELECT EXISTS (SELECT 1 FROM node WHERE parent = ?1) OR EXISTS (SELECT 1 FROM listing WHERE directory = ?1)"
        )
        guard try Bool.fetchOne(isParent, arguments: [Int64(clamping: inode)]) == true else { return }
        let doomed = """
            WITH RECURSIVE doomed (inode) AS (
                VALUES (?) UNION ALL SELECT node.inode FROM node JOIN doomed ON node.parent = doomed.inode
            )
            """
        try database.cachedStatement(sql: "\(doomed) DELETE FROM listing WHERE directory IN doomed")
            .execute(arguments: [Int64(clamping: inode)])
        try database.cachedStatement(sql: "\(doomed) DELETE FROM node WHERE parent IN doomed")
            .execute(arguments: [Int64(clamping: inode)])
    }
}
