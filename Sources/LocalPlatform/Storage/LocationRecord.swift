import GRDB

/// Where an entry's data lies: an object of ours, an object in a bucket, inline text, or a place outside.
struct LocationRecord: Sendable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "location"

    var id = Identifier.make()
    var entryID: String
    var createdAt = Timestamp.now()
    var storageType: String
    var contentType: String
    var contentSchema: String?
    var metadata: String?
    var location: String?
    /// What the object store knows the bytes by; see `ObjectReference`.
    var object: String?

    init(entryID: String, storageType: String, contentType: String, location: String? = nil, object: String? = nil) {
        self.entryID = entryID
        self.storageType = storageType
        self.contentType = contentType
        self.location = location
        self.object = object
    }

    init(row: Row) {
        id = row["id"]
        entryID = row["entry_id"]
        createdAt = row["created_at"]
        storageType = row["storage_type"]
        contentType = row["content_type"]
        contentSchema = row["content_schema"]
        metadata = row["metadata"]
        location = row["location"]
        object = row["object"]
    }

    func encode(to container: inout PersistenceContainer) {
        container["id"] = id
        container["entry_id"] = entryID
        container["created_at"] = createdAt
        container["storage_type"] = storageType
        container["content_type"] = contentType
        container["content_schema"] = contentSchema
        container["metadata"] = metadata
        container["location"] = location
        container["object"] = object
    }

    static func all(_ db: Database, of entryID: String) throws -> [LocationRecord] {
        try LocationRecord.fetchAll(
            db,
            sql: "SELECT * FROM location WHERE entry_id = ? ORDER BY seq",
            arguments: [entryID]
        )
    }

    func json(signedURL: String?) -> JSONValue {
        [
            "id": .string(id), "data_storage_id": .string(entryID), "created_at": .string(createdAt),
            "storage_config": [
                "storage_type": .string(storageType), "content_type": .string(contentType),
                "content_schema": .optionalRaw(contentSchema), "metadata": .optionalRaw(metadata),
                "location": .optional(location), "signed_url": .optional(signedURL),
            ],
        ]
    }
}
