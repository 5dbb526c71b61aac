internal import GRDB

/// The tables of the facts file and how older files become today's.
///
/// A step, once released, is never edited. A change to what `Attributes` encodes needs a step that clears the column
/// (`UPDATE node SET attributes = NULL, knownAt = 0, confirmed = 0, complete = 0`): facts are asked for again.
enum FactSchema {
    /// Inodes below are kept for things that are no rows (control directories and the like).
    static let firstInode: UInt64 = 16
    static let rootInode: UInt64 = 1

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 facts") { database in
            try database.execute(sql: tables)
        }
        migrator.registerMigration("2 rows by location") { database in
            try database.execute(sql: "CREATE INDEX node_at ON node (location)")
        }
        migrator.registerMigration("3 ignore files") { database in
            try database.execute(sql: "CREATE INDEX node_ignore ON node (parent) WHERE name = '.gitignore'")
        }
        migrator.registerMigration("4 what listings cost") { database in
            try database.execute(sql: "ALTER TABLE listing ADD COLUMN took INTEGER NOT NULL DEFAULT 0")
        }
        migrator.registerMigration("5 collections among the attributes") { database in
            try database.execute(sql: "UPDATE node SET attributes = NULL, knownAt = 0, confirmed = 0, complete = 0")
        }
        return migrator
    }

    // Strict tables: the check of a file at its opening then looks at the types of the values as well.
    // `node_parent` holds (parent, inode): the row number ends every index. That order is a directory's offsets.
    private static let tables = """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) WITHOUT ROWID, STRICT;

        CREATE TABLE node (
            inode INTEGER PRIMARY KEY AUTOINCREMENT,
            parent INTEGER NOT NULL,
            name TEXT NOT NULL,
            location TEXT NOT NULL,
            kind INTEGER NOT NULL,
            target TEXT,
            size INTEGER CHECK (size >= 0),
            version TEXT,
            created INTEGER,
            modified INTEGER,
            changed INTEGER,
            knownAt INTEGER NOT NULL,
            -- The store's name where it is not the tree's.
            sourceName TEXT,
            -- Stays although no listing shows it.
            pinned INTEGER NOT NULL,
            -- Every listing of the parent since then told size and version again: its time counts as knownAt.
            confirmed INTEGER NOT NULL,
            -- The attributes are all the store has, not just what listings tell.
            complete INTEGER NOT NULL,
            -- JSON; NULL when there are none.
            attributes TEXT
        ) STRICT;
        CREATE UNIQUE INDEX node_name ON node (parent, name);
        CREATE UNIQUE INDEX node_location ON node (parent, location);
        CREATE INDEX node_parent ON node (parent);
        CREATE INDEX node_unsized ON node (parent) WHERE size IS NULL AND kind = 1;

        CREATE TABLE listing (
            directory INTEGER PRIMARY KEY NOT NULL,
            listedAt INTEGER NOT NULL,
            isComplete INTEGER NOT NULL
        ) STRICT;

        INSERT INTO node (inode, parent, name, location, kind, knownAt, pinned, confirmed, complete)
            VALUES (1, 0, '', '', 0, 0, 1, 0, 0);
        UPDATE sqlite_sequence SET seq = 15 WHERE name = 'node';
        """
}
