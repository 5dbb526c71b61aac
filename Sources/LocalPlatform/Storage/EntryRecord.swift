import GRDB

/// One data storage entry as it lies in the database; lists and objects are kept as JSON text.
struct EntryRecord: Sendable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "entry"

    var id: String
    var name: String
    var description: String?
    var content: String?
    var status = "active"
    var embedding: String?
    var isCollection = false
    var tags: String?
    var parentID: String?
    var projectID: String?
    var datasetID: String?
    var filePath: String?
    var bigquerySchema: String?
    var userID: String
    var createdAt: String
    var modifiedAt: String
    var shareStatus = "private"
    var shortAlias: String?
    var metadata: String?
    var version = 0
    var currentRevisionID: String?
    var revisionGeneration = 0
    var trajectoryID: String?
    /// Members that replace the entry's own in every answer; planted by an administrator, whatever they hold.
    var raw: String?
    var indexedAt: Double
    var deleted = false

    init(id: String = Identifier.make(), name: String, userID: String) {
        let now = Timestamp.epoch()
        self.id = id
        self.name = name
        self.userID = userID
        createdAt = Timestamp.string(fromEpoch: now)
        modifiedAt = createdAt
        indexedAt = now
        shortAlias = Identifier.makeAlias()
    }

    /// The order in which `init(row:)` reads: by position, since a dataset may hold a hundred thousand of them.
    static let columns = """
        id, name, description, content, status, embedding, is_collection, tags, parent_id, project_id, dataset_id, \
        file_path, bigquery_schema, user_id, created_at, modified_at, share_status, short_alias, metadata, version, \
        current_revision_id, revision_generation, trajectory_id, raw, indexed_at, deleted
        """

    init(row: Row) {
        id = row[0]
        name = row[1]
        description = row[2]
        content = row[3]
        status = row[4]
        embedding = row[5]
        isCollection = row[6]
        tags = row[7]
        parentID = row[8]
        projectID = row[9]
        datasetID = row[10]
        filePath = row[11]
        bigquerySchema = row[12]
        userID = row[13]
        createdAt = row[14]
        modifiedAt = row[15]
        shareStatus = row[16]
        shortAlias = row[17]
        metadata = row[18]
        version = row[19]
        currentRevisionID = row[20]
        revisionGeneration = row[21]
        trajectoryID = row[22]
        raw = row[23]
        indexedAt = row[24]
        deleted = row[25]
    }

    func encode(to container: inout PersistenceContainer) {
        container["id"] = id
        container["name"] = name
        container["description"] = description
        container["content"] = content
        container["status"] = status
        container["embedding"] = embedding
        container["is_collection"] = isCollection
        container["tags"] = tags
        container["parent_id"] = parentID
        container["project_id"] = projectID
        container["dataset_id"] = datasetID
        container["file_path"] = filePath
        container["bigquery_schema"] = bigquerySchema
        container["user_id"] = userID
        container["created_at"] = createdAt
        container["modified_at"] = modifiedAt
        container["share_status"] = shareStatus
        container["short_alias"] = shortAlias
        container["metadata"] = metadata
        container["version"] = version
        container["current_revision_id"] = currentRevisionID
        container["revision_generation"] = revisionGeneration
        container["trajectory_id"] = trajectoryID
        container["raw"] = raw
        container["indexed_at"] = indexedAt
        container["deleted"] = deleted
    }

    /// Writes the whole record back and moves its modification time.
    mutating func save(_ db: Database) throws {
        modifiedAt = Timestamp.now()
        try db.execute(
            sql: """
                UPDATE entry SET name = ?, description = ?, content = ?, status = ?, embedding = ?, tags = ?,
                file_path = ?, modified_at = ?, share_status = ?, metadata = ?, version = ?, current_revision_id = ?,
                revision_generation = ?, raw = ?, deleted = ? WHERE id = ?
                """,
            arguments: [
                name, description, content, status, embedding, tags, filePath, modifiedAt, shareStatus, metadata,
                version, currentRevisionID, revisionGeneration, raw, deleted, id,
            ]
        )
    }
}

extension EntryRecord {
    /// The entry of that uuid or short alias.
    static func find(_ db: Database, _ idOrAlias: String) throws -> EntryRecord? {
        try EntryRecord.fetchOne(
            db,
            sql: "SELECT \(columns) FROM entry WHERE (id = ? OR short_alias = ?) AND deleted = 0",
            arguments: [idOrAlias.lowercased(), idOrAlias]
        )
    }

    /// The entry as the API shows it.
    var json: JSONValue {
        let plain: JSONValue = [
            "id": .string(id), "name": .string(name), "description": .optional(description),
            "content": .optional(content), "status": .string(status), "embedding": .optionalRaw(embedding),
            "is_collection": .bool(isCollection), "tags": .optionalRaw(tags), "parent_id": .optional(parentID),
            "project_id": .optional(projectID), "dataset_id": .optional(datasetID), "file_path": .optional(filePath),
            "bigquery_schema": .optionalRaw(bigquerySchema), "user_id": .string(userID),
            "created_at": .string(createdAt), "modified_at": .string(modifiedAt), "share_status": .string(shareStatus),
            "short_alias": .optional(shortAlias),
        ]
        guard let raw, let override = JSONValue.parse(raw) else { return plain }
        return plain.overlaid(with: override)
    }
}
