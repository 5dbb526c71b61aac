import GRDB
import Hummingbird

/// `…/workspaces`: a workspace is an entry that is tagged so.
struct WorkspaceRoutes {
    static let base = "/v0.1/data-storage/workspaces"

    let platform: Platform

    private var answer: EntryAnswer { EntryAnswer(signer: platform.signer) }

    func register(_ table: inout RouteTable) {
        table.post(Self.base) { request, _ in try await create(request) }
        table.get(Self.base + "/:id") { try await read($0, id: $1.parameters.require("id")) }
        table.patch(Self.base + "/:id") { try await change($0, id: $1.parameters.require("id")) }
        table.delete(Self.base + "/:id") { try await delete($0, id: $1.parameters.require("id")) }
    }

    private func create(_ request: Request) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        var draft = EntryDraft(entry: EntryRecord(name: body.requiredString("name"), userID: user.id))
        draft.entry.description = body.string("description")
        draft.entry.projectID = body.uuid("project_id")
        let tags = (body.strings("tags") ?? []).filter { $0 != "workspace" } + ["workspace"]
        draft.entry.tags = JSONValue.array(tags.map { .string($0) }).text
        try body.check()
        let ready = draft
        let json = try await platform.database.write { db in
            var draft = ready
            try draft.insert(db, by: user)
            return try answer.json(db, draft.entry)
        }
        return .json(json, status: .created)
    }

    private func read(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        let json = try await platform.database.read { db in
            try answer.json(db, workspace(EntryRecord.visible(db, id, to: user)))
        }
        return .json(json)
    }

    private func change(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        let name = body.has("name") ? body.requiredString("name") : nil
        let description = body.string("description")
        try body.check()
        let json = try await platform.database.write { db in
            var entry = try workspace(EntryRecord.owned(db, id, by: user))
            entry.name = name ?? entry.name
            entry.description = description ?? entry.description
            try entry.save(db)
            return try answer.json(db, entry)
        }
        return .json(json)
    }

    /// A soft delete: the row stays, nobody sees it any more.
    private func delete(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        try await platform.database.write { db in
            var entry = try workspace(EntryRecord.owned(db, id, by: user))
            entry.deleted = true
            try entry.save(db)
        }
        return Response(status: .noContent)
    }

    private func workspace(_ entry: EntryRecord) throws(APIError) -> EntryRecord {
        guard SearchDocument(entry).values(of: "tags").contains("workspace") else {
            throw .problem(.notFound, "Workspace not found")
        }
        return entry
    }
}
