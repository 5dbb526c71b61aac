import GRDB

/// The tables of the platform; one migration per published shape.
enum Schema {
    static func migrate(_ pool: DatabasePool) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: entries)
            try db.execute(sql: objects)
            try db.execute(sql: others)
        }
        try migrator.migrate(pool)
    }

    private static let entries = """
        CREATE TABLE entry (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, description TEXT,
            content TEXT, status TEXT NOT NULL, embedding TEXT, is_collection INTEGER NOT NULL, tags TEXT,
            parent_id TEXT, project_id TEXT, dataset_id TEXT, file_path TEXT, bigquery_schema TEXT,
            user_id TEXT NOT NULL, created_at TEXT NOT NULL, modified_at TEXT NOT NULL, share_status TEXT NOT NULL,
            short_alias TEXT UNIQUE, metadata TEXT, version INTEGER NOT NULL, current_revision_id TEXT,
            revision_generation INTEGER NOT NULL, trajectory_id TEXT, raw TEXT, indexed_at REAL NOT NULL,
            deleted INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX entry_dataset ON entry(dataset_id);
        CREATE INDEX entry_project ON entry(project_id);
        CREATE INDEX entry_user ON entry(user_id);
        CREATE INDEX entry_trajectory ON entry(trajectory_id);
        CREATE TABLE location (
            seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, entry_id TEXT NOT NULL,
            created_at TEXT NOT NULL, storage_type TEXT NOT NULL, content_type TEXT NOT NULL, content_schema TEXT,
            metadata TEXT, location TEXT, object TEXT);
        CREATE INDEX location_entry ON location(entry_id);
        CREATE INDEX location_object ON location(object);
        CREATE TABLE revision (
            id TEXT PRIMARY KEY, entry_id TEXT NOT NULL, version INTEGER NOT NULL, parent_revision_id TEXT,
            name TEXT NOT NULL, description TEXT, content TEXT, file_path TEXT, object TEXT, metadata TEXT,
            embedding TEXT, created_by TEXT NOT NULL, created_at TEXT NOT NULL, published_at TEXT);
        CREATE INDEX revision_entry ON revision(entry_id);
        CREATE INDEX revision_object ON revision(object);
        CREATE TABLE accessor (entry_id TEXT NOT NULL, kind TEXT NOT NULL, accessor TEXT NOT NULL,
            PRIMARY KEY (entry_id, kind, accessor)) WITHOUT ROWID;
        """

    private static let objects = """
        CREATE TABLE object (
            key TEXT PRIMARY KEY, size INTEGER NOT NULL, etag TEXT NOT NULL, md5 BLOB, crc32c INTEGER,
            segments TEXT NOT NULL, pattern TEXT, created_at TEXT NOT NULL);
        CREATE TABLE upload (id TEXT PRIMARY KEY, entry_id TEXT NOT NULL, object TEXT NOT NULL, hashes TEXT NOT NULL,
            done INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE part (upload_id TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL,
            md5 BLOB NOT NULL, crc32c INTEGER NOT NULL, PRIMARY KEY (upload_id, number)) WITHOUT ROWID;
        CREATE TABLE session (id TEXT PRIMARY KEY, object TEXT NOT NULL, total INTEGER, received INTEGER NOT NULL,
            done INTEGER NOT NULL);
        CREATE INDEX session_object ON session(object);
        CREATE INDEX upload_entry ON upload(entry_id);
        """

    private static let others = """
        CREATE TABLE dataset (id TEXT PRIMARY KEY, name TEXT NOT NULL, user_id TEXT NOT NULL, description TEXT,
            created_at TEXT NOT NULL, modified_at TEXT NOT NULL);
        CREATE TABLE project (id TEXT PRIMARY KEY, name TEXT NOT NULL, user_id TEXT NOT NULL,
            share_status TEXT NOT NULL, metadata TEXT NOT NULL, created_at TEXT NOT NULL);
        CREATE TABLE trajectories (id TEXT PRIMARY KEY, data TEXT NOT NULL);
        CREATE TABLE tombstone (id TEXT PRIMARY KEY, user_id TEXT NOT NULL, entry TEXT NOT NULL, gone_at REAL NOT NULL);
        CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL);
        """
}
