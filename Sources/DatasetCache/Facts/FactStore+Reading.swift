package import DatasetModel
internal import GRDB

extension FactStore {
    // Put together once: every lookup of the kernel comes by here.
    private static let byInode = "\(FactRow.selectFact) WHERE node.inode = ?"
    private static let byName = "\(FactRow.selectFact) WHERE node.parent = ? AND node.name = ?"
    private static let byLocation = "\(FactRow.selectFact) WHERE node.parent = ? AND node.location = ?"

    package func fact(_ inode: UInt64) throws(CacheError) -> Fact? {
        try fact(Self.byInode, [Int64(clamping: inode)])
    }

    package func fact(named name: String, in parent: UInt64) throws(CacheError) -> Fact? {
        try fact(Self.byName, [Int64(clamping: parent), StoredText.encode(name)])
    }

    package func fact(at location: Location, in parent: UInt64) throws(CacheError) -> Fact? {
        try fact(
            Self.byLocation,
            [Int64(clamping: parent), StoredText.encode(location.rawValue)]
        )
    }

    /// The whole node as the store told it, attributes included; its inline content is not kept here.
    package func node(_ inode: UInt64) throws(CacheError) -> Node? {
        try read { database in
            guard let row = try FactRow.fetch(inode, from: database) else { return nil }
            guard let attributes = AttributesText.decode(row.attributes) else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "attributes of inode \(inode)")
            }
            let fact = row.fact
            return Node(
                location: fact.location,
                name: row.sourceName,
                kind: fact.kind,
                size: fact.size,
                version: fact.version,
                created: fact.created,
                modified: fact.modified,
                attributes: attributes
            )
        }
    }

    /// - Returns: Nil when the directory was never listed.
    package func listing(of parent: UInt64) throws(CacheError) -> ListingState? {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT listedAt, isComplete, took FROM listing WHERE directory = ?"
            )
            return try Row.fetchOne(statement, arguments: [Int64(clamping: parent)]).map { row in
                ListingState(
                    listedAt: try row.decode(Int64.self, atIndex: 0),
                    isComplete: try row.decode(Bool.self, atIndex: 1),
                    took: .nanoseconds(try row.decode(Int64.self, atIndex: 2))
                )
            }
        }
    }

    /// Children whose inode is greater than `inode`, in ascending order, at most `limit`.
    ///
    /// An inode is a place in that order for ever: offsets hold whatever changes meanwhile.
    package func children(of parent: UInt64, after inode: UInt64, limit: Int) throws(CacheError) -> [Fact] {
        try facts("node.parent = ? AND node.inode > ? ORDER BY node.inode LIMIT ?", of: parent, after: inode, limit)
    }

    /// The same, but only files whose size nobody told yet.
    package func childrenWithoutSize(of parent: UInt64, after inode: UInt64, limit: Int) throws(CacheError) -> [Fact] {
        try facts(
            "node.parent = ? AND node.size IS NULL AND node.kind = 1 AND node.inode > ? ORDER BY node.inode LIMIT ?",
            of: parent,
            after: inode,
            limit
        )
    }

    package func childNames(of parent: UInt64) throws(CacheError) -> [(name: String, location: Location)] {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT name, location FROM node WHERE parent = ? ORDER BY inode"
            )
            let rows = try Row.fetchCursor(statement, arguments: [Int64(clamping: parent)])
            var result: [(name: String, location: Location)] = []
            while let row = try rows.next() {
                let name = try row.decode(String.self, atIndex: 0)
                let location = try row.decode(String.self, atIndex: 1)
                result.append((StoredText.decode(name), Location(StoredText.decode(location))))
            }
            return result
        }
    }

    /// Totals of one directory; links count as files.
    package func childCount(
        of parent: UInt64
    ) throws(CacheError) -> (files: Int, directories: Int, bytes: UInt64, unknownSizes: Int) {
        // Summed in two halves: SQLite's sum() of sizes that a store merely claims may pass its largest integer.
        let sql = """
            SELECT coalesce(sum(kind <> 0), 0), coalesce(sum(kind = 0), 0), coalesce(sum((size >> 31) * (kind <> 0)), 0),
                coalesce(sum((size & 0x7fffffff) * (kind <> 0)), 0), coalesce(sum(size IS NULL AND kind = 1), 0)
            FROM node WHERE parent = ?
            """
        return try read { database in
            let statement = try database.cachedStatement(sql: sql)
            guard let row = try Row.fetchOne(statement, arguments: [Int64(clamping: parent)]) else {
                return (0, 0, 0, 0)
            }
            let sums = try (0..<5).map { UInt64(clamping: try row.decode(Int64.self, atIndex: $0)) }
            let (high, overflow) = sums[2].multipliedReportingOverflow(by: 1 << 31)
            let (bytes, carry) = high.addingReportingOverflow(sums[3])
            return (Int(sums[0]), Int(sums[1]), overflow || carry ? .max : bytes, Int(sums[4]))
        }
    }

    private func fact(_ sql: String, _ arguments: StatementArguments) throws(CacheError) -> Fact? {
        try read { database in
            let statement = try database.cachedStatement(sql: sql)
            return try FactRecord.fetchOne(statement, arguments: arguments)?.fact
        }
    }

    func facts(
        _ condition: String,
        of parent: UInt64,
        after inode: UInt64,
        _ limit: Int
    ) throws(CacheError) -> [Fact] {
        try read { database in
            let statement = try database.cachedStatement(sql: "\(FactRow.selectFact) WHERE \(condition)")
            let arguments: StatementArguments = [
                Int64(clamping: parent), Int64(clamping: inode), Int64(max(0, limit)),
            ]
            return try FactRecord.fetchAll(statement, arguments: arguments).map(\.fact)
        }
    }
}
