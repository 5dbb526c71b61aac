internal import GRDB

extension FactStore {
    /// Totals of everything below a directory, at whatever depth; links count as files.
    ///
    /// - Returns: Nil when a directory below it was never listed whole, or a file's size is not known.
    package func total(below directory: UInt64) throws(CacheError) -> (files: Int, bytes: UInt64)? {
        // Summed in two halves: SQLite's sum() of sizes that a store merely claims may pass its largest integer.
        let sql = """
            WITH RECURSIVE below (inode) AS (
                VALUES (?1) UNION ALL
                SELECT node.inode FROM node JOIN below ON node.parent = below.inode WHERE node.kind = 0
            )
            SELECT coalesce(sum(kind <> 0), 0), coalesce(sum((size >> 31) * (kind <> 0)), 0),
                coalesce(sum((size & 0x7fffffff) * (kind <> 0)), 0), coalesce(sum(size IS NULL AND kind = 1), 0),
                (SELECT count(*) FROM below WHERE inode NOT IN (SELECT directory FROM listing WHERE isComplete))
            FROM node WHERE parent IN below
            """
        return try read { database in
            let statement = try database.cachedStatement(sql: sql)
            guard let row = try Row.fetchOne(statement, arguments: [Int64(clamping: directory)]) else { return nil }
            let sums = try (0..<5).map { UInt64(clamping: try row.decode(Int64.self, atIndex: $0)) }
            guard sums[3] == 0, sums[4] == 0 else { return nil }
            let (high, overflow) = sums[1].multipliedReportingOverflow(by: 1 << 31)
            let (bytes, carry) = high.addingReportingOverflow(sums[2])
            return (Int(clamping: sums[0]), overflow || carry ? .max : bytes)
        }
    }
}
