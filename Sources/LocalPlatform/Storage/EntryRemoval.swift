import GRDB

/// Deletes entries with all that hangs on them, and says which objects nobody refers to any more.
enum EntryRemoval {
    /// - Parameter indexLag: whether searches may go on finding the entry for a while.
    /// - Returns: keys of objects to be removed from disk once the transaction is through.
    static func remove(_ db: Database, _ entries: [EntryRecord], indexLag: Bool) throws -> [String] {
        var orphans: [String] = []
        for entry in entries {
            let objects = try String.fetchAll(
                db,
                sql: """
                    SELECT object FROM location WHERE entry_id = ?1 AND object IS NOT NULL
                    UNION SELECT object FROM revision WHERE entry_id = ?1 AND object IS NOT NULL
                    """,
                arguments: [entry.id]
            )
            if indexLag {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO tombstone VALUES (?, ?, ?, ?)",
                    arguments: [entry.id, entry.userID, entry.json.text, Timestamp.epoch()]
                )
            }
            for table in ["location", "revision", "accessor", "upload"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE entry_id = ?", arguments: [entry.id])
            }
            try db.execute(sql: "DELETE FROM entry WHERE id = ?", arguments: [entry.id])
            orphans += try objects.filter { try !isReferenced(db, $0) }
        }
        for key in orphans { try db.execute(sql: "DELETE FROM object WHERE key = ?", arguments: [key]) }
        return orphans.filter { !$0.contains(":") }
    }

    private static func isReferenced(_ db: Database, _ object: String) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM location WHERE object = ?1)
                OR EXISTS (SELECT 1 FROM revision WHERE object = ?1)
                """,
            arguments: [object]
        ) ?? false
    }
}
