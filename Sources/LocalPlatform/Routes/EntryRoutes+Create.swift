import GRDB
import Hummingbird

extension EntryRoutes {
    func create(_ request: Request) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        var draft = EntryDraft(&body, user: user)
        let existing = body.object("existing_location")
        try body.check()
        if let existing {
            try await Registration(platform: platform).apply(existing, to: &draft)
        }
        if !platform.settings.keepMetadata { draft.forgetMetadata() }
        let ready = draft
        let json = try await platform.database.write { db in
            var draft = ready
            try draft.insert(db, by: user)
            return try answer.json(db, draft.entry, forUpload: true)
        }
        return .json(json, status: .created)
    }
}
