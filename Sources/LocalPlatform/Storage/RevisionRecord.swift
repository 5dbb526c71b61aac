import GRDB

/// One version of an entry, published or draft, with everything needed to show the entry as it was.
struct RevisionRecord: Sendable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "revision"

    var id: String
    var entryID: String
    var version: Int
    var parentID: String?
    var name: String
    var description: String?
    var content: String?
    var filePath: String?
    var object: String?
    var metadata: String?
    var embedding: String?
    var createdBy: String
    var createdAt = Timestamp.now()
    var publishedAt: String?

    /// The revision that shows `entry` as it is now.
    init(id: String, of entry: EntryRecord, version: Int, object: String?, author: String) {
        self.id = id
        entryID = entry.id
        self.version = version
        parentID = entry.currentRevisionID == id ? nil : entry.currentRevisionID
        name = entry.name
        description = entry.description
        content = entry.content
        filePath = entry.filePath
        self.object = object
        metadata = entry.metadata
        embedding = entry.embedding
        createdBy = author
    }

    init(row: Row) {
        id = row["id"]
        entryID = row["entry_id"]
        version = row["version"]
        parentID = row["parent_revision_id"]
        name = row["name"]
        description = row["description"]
        content = row["content"]
        filePath = row["file_path"]
        object = row["object"]
        metadata = row["metadata"]
        embedding = row["embedding"]
        createdBy = row["created_by"]
        createdAt = row["created_at"]
        publishedAt = row["published_at"]
    }

    func encode(to container: inout PersistenceContainer) {
        container["id"] = id
        container["entry_id"] = entryID
        container["version"] = version
        container["parent_revision_id"] = parentID
        container["name"] = name
        container["description"] = description
        container["content"] = content
        container["file_path"] = filePath
        container["object"] = object
        container["metadata"] = metadata
        container["embedding"] = embedding
        container["created_by"] = createdBy
        container["created_at"] = createdAt
        container["published_at"] = publishedAt
    }

    static func find(_ db: Database, _ id: String, of entryID: String) throws -> RevisionRecord? {
        try RevisionRecord.fetchOne(
            db,
            sql: "SELECT * FROM revision WHERE id = ? AND entry_id = ?",
            arguments: [id, entryID]
        )
    }

    /// Where the bytes of a file's version lie; nothing for a text.
    private var place: JSONValue {
        guard object != nil else { return nil }
        return ["storage_type": "gcs", "content_type": "file", "location": .optional(filePath)]
    }

    var json: JSONValue {
        [
            "id": .string(id), "entry_id": .string(entryID), "version": .int(version),
            "parent_revision_id": .optional(parentID),
            "snapshot": [
                "name": .string(name), "content": .optional(content), "storage_location": place,
                "file_path": .optional(filePath), "metadata": .optionalRaw(metadata),
                "embedding": .optionalRaw(embedding),
            ],
            "created_by": .string(createdBy), "trajectory_id": nil, "created_at": .string(createdAt),
            "published_at": .optional(publishedAt),
        ]
    }
}
