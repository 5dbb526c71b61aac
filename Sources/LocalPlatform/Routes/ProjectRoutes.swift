import GRDB
import Hummingbird

/// `/v0.1/projects`.
struct ProjectRoutes {
    static let base = "/v0.1/projects"

    let platform: Platform

    func register(_ table: inout RouteTable) {
        table.get(Self.base) { request, _ in try await list(request) }
        table.post(Self.base) { request, _ in try await create(request) }
        table.get(Self.base + "/:id") { try await read($0, id: $1.parameters.require("id")) }
        table.patch(Self.base + "/:id") { try await change($0, id: $1.parameters.require("id")) }
        table.delete(Self.base + "/:id") { try await delete($0, id: $1.parameters.require("id")) }
    }

    private func list(_ request: Request) async throws -> Response {
        let user = try platform.user(of: request)
        let limit = try request.queryInt("limit", default: 10, in: 1...1000)
        let offset = try request.queryInt("offset", default: 0, in: 0...Int.max)
        let name = request.query("name")
        let rows = try await platform.database.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT * FROM project WHERE user_id = ? AND (?2 IS NULL OR name = ?2) ORDER BY created_at
                    LIMIT ? OFFSET ?
                    """,
                arguments: [user.id, name, limit, offset]
            ).map(Self.json)
        }
        return .json(.array(rows))
    }

    private func create(_ request: Request) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        let name = body.requiredString("name")
        let share = body.string("share_status") ?? "private"
        let metadata = body.object("metadata")?.text ?? "{}"
        try body.check()
        let id = Identifier.make()
        let now = Timestamp.now()
        try await platform.database.write { db in
            try db.execute(
                sql: "INSERT INTO project VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [id, name, user.id, share, metadata, now]
            )
        }
        return .json(.string(id), status: .created)
    }

    private func read(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let json = try await platform.database.read { db in Self.json(try Self.find(db, id, user)) }
        return .json(json)
    }

    private func change(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        let name = body.has("name") ? body.requiredString("name") : nil
        let share = body.string("share_status")
        let metadata = body.object("metadata")?.text
        try body.check()
        let json = try await platform.database.write { db in
            _ = try Self.find(db, id, user)
            try db.execute(
                sql: """
                    UPDATE project SET name = coalesce(?, name), share_status = coalesce(?, share_status),
                    metadata = coalesce(?, metadata) WHERE id = ?
                    """,
                arguments: [name, share, metadata, id]
            )
            return Self.json(try Self.find(db, id, user))
        }
        return .json(json, status: .accepted)
    }

    private func delete(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        try await platform.database.write { db in
            _ = try Self.find(db, id, user)
            try db.execute(sql: "DELETE FROM project WHERE id = ?", arguments: [id])
        }
        return Response(status: .noContent)
    }

    private static func find(_ db: Database, _ id: String, _ user: User) throws -> Row {
        let row = try Row.fetchOne(db, sql: "SELECT * FROM project WHERE id = ?", arguments: [id])
        guard let row, row["user_id"] == user.id else { throw APIError.projectNotFound }
        return row
    }

    private static func json(_ row: Row) -> JSONValue {
        [
            "id": .string(row["id"]), "name": .string(row["name"]), "user_id": .string(row["user_id"]),
            "share_status": .string(row["share_status"]), "metadata": .raw(row["metadata"]),
            "created_at": .string(row["created_at"]),
        ]
    }
}
