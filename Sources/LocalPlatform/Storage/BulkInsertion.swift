import GRDB

/// Makes very many entries by SQL alone, a hundred thousand in a moment; they have no revisions, as old entries of the
/// platform have none.
struct BulkInsertion {
    var datasetID: String
    var userID: String
    var parentID: String?
    var prefix: String
    var count: Int
    var size: Int
    /// Nil for texts of `size` letters, kept inline.
    var pattern: ContentPattern?

    func run(_ db: Database) throws {
        guard count > 0 else { return }
        let now = Timestamp.epoch()
        let moment = Timestamp.string(fromEpoch: now)
        try db.execute(
            sql: """
                CREATE TEMP TABLE seed AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
                SELECT ? || substr('000000' || i, -max(6, length(i))) AS name, \(Self.uuid) AS id, \(Self.uuid) AS key,
                \(Self.uuid) AS place FROM n
                """,
            arguments: [count, prefix]
        )
        let text = pattern == nil ? String(repeating: "x", count: size) : nil
        try db.execute(
            sql: """
                INSERT INTO entry (id, name, content, status, is_collection, parent_id, dataset_id, file_path, user_id,
                created_at, modified_at, share_status, short_alias, version, revision_generation, indexed_at)
                SELECT id, name, ?1, 'active', 0, ?2, ?3, CASE WHEN ?1 IS NULL THEN name END, ?4, ?5, ?5, 'private',
                lower(hex(randomblob(6))), 0, 0, ?6 FROM seed ORDER BY rowid
                """,
            arguments: [text, parentID, datasetID, userID, moment, now]
        )
        try db.execute(
            sql: """
                INSERT INTO location (id, entry_id, created_at, storage_type, content_type, location, object)
                SELECT place, id, ?1, iif(?2, 'gcs', 'raw_content'), iif(?2, 'file', 'text'), iif(?2, name, NULL),
                iif(?2, key, NULL) FROM seed ORDER BY rowid
                """,
            arguments: [moment, pattern != nil]
        )
        if let pattern {
            try db.execute(
                sql: """
                    INSERT INTO object (key, size, etag, segments, pattern, created_at)
                    SELECT key, ?, replace(key, '-', ''), '', ?, ? FROM seed
                    """,
                arguments: [size, pattern.text, moment]
            )
        }
        try db.execute(sql: "DROP TABLE seed")
    }

    /// A random uuid of version 4 as SQL makes it.
    private static let uuid = """
        lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || \
        substr('89AB', 1 + abs(random() % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))
        """
}
