import GRDB

/// Files that nothing refers to any more.
struct Remains: Sendable {
    var objects: [String]
    var uploads: [String]
}

/// Deletes entries with all that hangs on them, and says which objects nobody refers to any more.
enum EntryRemoval {
    /// - Parameter indexLag: whether searches may go on finding the entry for a while.
    /// - Returns: what is to be removed from disk once the transaction is through.
    static func remove(_ db: Database, _ entries: [EntryRecord], indexLag: Bool) throws -> Remains {
        var orphans: [String] = []
        var uploads: [String] = []
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
            uploads += try unfinishedUploads(db, entry, objects)
            for table in ["location", "revision", "accessor", "upload"] {
                try db.execute(sql: "DELETE FROM \(table) WHERE entry_id = ?", arguments: [entry.id])
            }
            try db.execute(sql: "DELETE FROM entry WHERE id = ?", arguments: [entry.id])
            orphans += try objects.filter { try !isReferenced(db, $0) }
        }
        for key in orphans { try db.execute(sql: "DELETE FROM object WHERE key = ?", arguments: [key]) }
        return Remains(objects: orphans.filter { !$0.contains(":") }, uploads: uploads)
    }

    /// Forgets the uploads of an entry, of either protocol, and returns their ids.
    private static func unfinishedUploads(_ db: Database, _ entry: EntryRecord, _ objects: [String]) throws -> [String]
    {
        var ids = try String.fetchAll(db, sql: "SELECT id FROM upload WHERE entry_id = ?", arguments: [entry.id])
        for id in ids { try db.execute(sql: "DELETE FROM part WHERE upload_id = ?", arguments: [id]) }
        for object in objects {
            ids += try String.fetchAll(db, sql: "SELECT id FROM session WHERE object = ?", arguments: [object])
            try db.execute(sql: "DELETE FROM session WHERE object = ?", arguments: [object])
        }
        return ids
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
