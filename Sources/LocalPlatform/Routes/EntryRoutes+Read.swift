import GRDB
import Hummingbird

extension EntryRoutes {
    func read(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let version = try version(of: request)
        let revisionID = request.query("revision_id")
        if version != nil, revisionID != nil {
            throw APIError.validation("query", message: "version and revision_id are mutually exclusive")
        }
        let json = try await platform.database.read { db in
            let entry = try EntryRecord.visible(db, id, to: user)
            guard version != nil || revisionID != nil else { return try answer.json(db, entry) }
            let revision = try RevisionRecord.fetchOne(
                db,
                sql: "SELECT * FROM revision WHERE entry_id = ? AND (version = ? OR id = ?)",
                arguments: [entry.id, version, revisionID?.lowercased()]
            )
            guard let revision, revision.publishedAt != nil || entry.userID == user.id else {
                throw APIError.revisionNotFound
            }
            return try answer.json(db, entry, revision: revision)
        }
        return .json(json)
    }

    private func version(of request: Request) throws(APIError) -> Int? {
        guard request.query("version") != nil else { return nil }
        return try request.queryInt("version", default: 0, in: 0...Int.max)
    }

    func status(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let entry = try await platform.database.read { try EntryRecord.visible($0, id, to: user) }
        return .json(["id": .string(entry.id), "status": .string(entry.status)])
    }

    func revisions(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let limit = try request.queryInt("limit", default: 100, in: 1...100)
        let offset = try request.queryInt("offset", default: 0, in: 0...Int.max)
        let drafts = request.queryBool("include_unpublished")
        let json: JSONValue = try await platform.database.read { db in
            let entry = try EntryRecord.visible(db, id, to: user)
            if drafts, entry.userID != user.id { throw APIError.notPermitted }
            let found = try RevisionRecord.fetchAll(
                db,
                sql: """
                    SELECT * FROM revision WHERE entry_id = ? AND (published_at IS NOT NULL OR ?)
                    ORDER BY version DESC LIMIT ? OFFSET ?
                    """,
                arguments: [entry.id, drafts, limit, offset]
            )
            return [
                "entry_id": .string(entry.id), "current_revision_id": .optional(entry.currentRevisionID),
                "revisions": .array(found.map(\.json)),
            ]
        }
        return .json(json)
    }

    /// What a task made: entries whose trajectory is one of the actors.
    func provenance(_ request: Request) async throws -> Response {
        let user = try platform.user(of: request)
        let actors = request.queries("actor_id")
        let operations = request.queries("operation")
        let wantsEntries = request.queryBool("include_entry_data")
        guard !actors.isEmpty else {
            throw APIError.validation("query", "actor_id", message: "Field required", type: "missing")
        }
        let rows: [JSONValue] = try await platform.database.read { db in
            guard operations.isEmpty || operations.contains("create") else { return [] }
            return try EntryRecord.fetchAll(
                db,
                sql: """
                    SELECT \(EntryRecord.columns) FROM entry WHERE deleted = 0 AND \(EntryRecord.visibleSQL)
                    AND trajectory_id IN (\(databaseQuestionMarks(count: actors.count))) ORDER BY seq
                    """,
                arguments: EntryRecord.visibleArguments(user) + StatementArguments(actors)
            ).map { entry in
                [
                    "id": .string(entry.id), "data_storage_id": .string(entry.id), "operation": "create",
                    "actor_id": .optional(entry.trajectoryID), "created_at": .string(entry.createdAt),
                    "data_storage": wantsEntries ? entry.json : nil,
                ]
            }
        }
        return .json(["data": .array(rows)])
    }
}
