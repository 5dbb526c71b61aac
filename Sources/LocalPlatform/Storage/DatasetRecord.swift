import GRDB

/// A dataset: a flat container of entries.
struct DatasetRecord: Sendable, FetchableRecord, PersistableRecord {
    static let databaseTableName = "dataset"

    var id = Identifier.make()
    var name: String
    var userID: String
    var description: String?
    var createdAt = Timestamp.now()
    var modifiedAt = Timestamp.now()

    init(name: String, userID: String) {
        self.name = name
        self.userID = userID
    }

    init(row: Row) {
        id = row["id"]
        name = row["name"]
        userID = row["user_id"]
        description = row["description"]
        createdAt = row["created_at"]
        modifiedAt = row["modified_at"]
    }

    func encode(to container: inout PersistenceContainer) {
        container["id"] = id
        container["name"] = name
        container["user_id"] = userID
        container["description"] = description
        container["created_at"] = createdAt
        container["modified_at"] = modifiedAt
    }

    static func find(_ db: Database, _ id: String) throws -> DatasetRecord? {
        try DatasetRecord.fetchOne(db, sql: "SELECT * FROM dataset WHERE id = ?", arguments: [id])
    }

    var json: JSONValue {
        [
            "id": .string(id), "name": .string(name), "user_id": .string(userID),
            "description": .optional(description), "created_at": .string(createdAt),
            "modified_at": .string(modifiedAt),
        ]
    }
}
