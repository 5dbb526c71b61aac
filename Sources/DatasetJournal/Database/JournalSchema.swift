internal import GRDB

/// The tables of the journal and how older files become today's; a step, once released, is never edited.
///
/// Text lies in blobs, as UTF-8: it is compared by its bytes and may hold U+0000.
enum JournalSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 journal") { database in
            try database.execute(sql: tables)
        }
        return migrator
    }

    private static let tables = """
        CREATE TABLE meta (
            key TEXT PRIMARY KEY NOT NULL,
            value BLOB NOT NULL
        ) WITHOUT ROWID, STRICT;

        -- Numbers below have been given out, or are just being given out by the process that owns the file.
        CREATE TABLE counter (reserved INTEGER NOT NULL) STRICT;
        INSERT INTO counter VALUES (1);

        CREATE TABLE content (
            id INTEGER PRIMARY KEY NOT NULL,
            size INTEGER NOT NULL CHECK (size >= 0),
            -- The bytes themselves; NULL: they lie in the file of that number.
            bytes BLOB,
            -- Where the bytes of `borrowed` are: another row.
            base INTEGER,
            borrowed BLOB,
            -- What must still be fetched, and from where.
            missing BLOB,
            originLocation BLOB,
            originVersion BLOB
        ) STRICT;
        CREATE INDEX content_base ON content (base) WHERE base IS NOT NULL;

        CREATE TABLE change (
            id INTEGER PRIMARY KEY NOT NULL,
            kind INTEGER NOT NULL,
            target BLOB,
            location BLOB NOT NULL,
            version BLOB,
            parent BLOB NOT NULL,
            name BLOB NOT NULL,
            isRemoval INTEGER NOT NULL,
            content INTEGER,
            size INTEGER NOT NULL,
            modified INTEGER NOT NULL,
            description BLOB,
            -- Each tag ends with a zero byte; NULL: unchanged.
            tags BLOB,
            scope INTEGER NOT NULL,
            notBefore INTEGER NOT NULL,
            tries INTEGER NOT NULL,
            failureCode TEXT,
            failureMessage BLOB,
            failureRemedy BLOB,
            failureStatus INTEGER,
            failureRequest BLOB,
            failureIsFinal INTEGER,
            failureAt INTEGER,
            note BLOB
        ) STRICT;
        CREATE INDEX change_content ON change (content) WHERE content IS NOT NULL;

        CREATE TABLE attribute (
            location BLOB PRIMARY KEY NOT NULL,
            permissions INTEGER,
            owner INTEGER,
            "group" INTEGER,
            accessed INTEGER,
            modified INTEGER,
            version BLOB
        ) WITHOUT ROWID, STRICT;
        """
}
