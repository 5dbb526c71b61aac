import GRDB
import Hummingbird

/// What a PATCH brings; one route takes several bodies.
struct EntryChange: Sendable {
    var status: String?
    var tags: [String]?
    var shareStatus: String?
    var users: [String]?
    var organizations: [String]?
    var name: String?
    var description: String?
    var revision: RevisionRequest?

    init(_ body: inout BodyReader) {
        status = body.string("status")
        if let status, !["pending", "active", "failed", "disabled"].contains(status) {
            body.problem("status", "Input should be 'pending', 'active', 'failed' or 'disabled'", "enum")
        }
        tags = body.strings("tags")
        shareStatus = body.string("share_status")
        if let shareStatus, !["private", "public", "shared"].contains(shareStatus) {
            body.problem("share_status", "Input should be 'private', 'public' or 'shared'", "enum")
        }
        if let accessors = body.object("permitted_accessors") {
            var reader = BodyReader(accessors)
            users = reader.strings("users")
            organizations = reader.strings("organizations")
            for problem in reader.problems { body.problem("permitted_accessors", problem.message, problem.type) }
        }
        name = body.string("name")
        if name?.isEmpty == true {
            body.problem("name", "String should have at least 1 character", "string_too_short")
        }
        description = body.string("description")
        revision = RevisionRequest(&body)
    }

    var isEmpty: Bool {
        status == nil && tags == nil && shareStatus == nil && name == nil && description == nil && revision == nil
    }
}

extension EntryRoutes {
    func change(_ request: Request, id: String) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        let change = EntryChange(&body)
        try body.check()
        if change.isEmpty {
            throw APIError.problem(.unprocessableContent, "No update fields provided")
        }
        let isPlain = change.revision == nil && (change.name != nil || change.description != nil)
        if isPlain, !platform.settings.acceptPlainPatch {
            throw APIError.problem(.unprocessableContent, "name and description can only be changed by a revision")
        }
        let objects = platform.settings.copySources ? platform.objects : nil
        let json = try await platform.database.write { db in
            var entry = try EntryRecord.owned(db, id, by: user)
            var revision: RevisionRecord?
            if let wanted = change.revision {
                let reviser = Reviser(db: db, user: user, objects: objects)
                revision = try reviser.apply(wanted, change, to: &entry)
            } else {
                entry.name = change.name ?? entry.name
                entry.description = change.description ?? entry.description
            }
            try apply(change, to: &entry, db)
            try entry.save(db)
            return try answer.json(db, entry, revision: revision)
        }
        return .json(json)
    }

    private func apply(_ change: EntryChange, to entry: inout EntryRecord, _ db: Database) throws {
        if let status = change.status {
            if status == "active", entry.status == "pending" { try requireObject(of: entry, db) }
            entry.status = status
        }
        if let tags = change.tags { entry.tags = JSONValue.array(tags.map { .string($0) }).text }
        if let shareStatus = change.shareStatus {
            entry.shareStatus = shareStatus
            try db.execute(sql: "DELETE FROM accessor WHERE entry_id = ?", arguments: [entry.id])
            let named =
                (change.users ?? []).map { ("user", $0) } + (change.organizations ?? []).map { ("organization", $0) }
            for (kind, accessor) in named {
                try db.execute(
                    sql: "INSERT OR IGNORE INTO accessor VALUES (?, ?, ?)",
                    arguments: [entry.id, kind, accessor]
                )
            }
        }
    }

    /// - Throws: `APIError` 400 while an entry's upload is not complete.
    private func requireObject(of entry: EntryRecord, _ db: Database) throws {
        for location in try LocationRecord.all(db, of: entry.id) {
            guard let object = location.object, case .own(let key) = ObjectReference(object) else { continue }
            guard try ObjectRecord.find(db, key) != nil else {
                throw APIError.problem(.badRequest, "The upload of this data storage entry is not complete")
            }
        }
    }
}
