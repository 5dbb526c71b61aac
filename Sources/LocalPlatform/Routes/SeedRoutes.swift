import GRDB
import Hummingbird

/// Puts data in place without the ways of the API: very many entries, very large objects, and what no client would send.
struct SeedRoutes {
    let platform: Platform

    /// `POST /admin/bulk {dataset, count, size, kind, prefix, pattern, user}`: `count` entries of `size` bytes each,
    /// as files that follow a pattern (`kind` file, the default) or with their text inline (`kind` text).
    func bulk(_ request: Request) async throws -> Response {
        var body = try await BodyReader(request)
        let count = body.int("count") ?? 0
        let size = body.int("size") ?? 0
        let prefix = body.string("prefix") ?? "entry-"
        let isText = body.string("kind") == "text"
        let parent = body.uuid("parent_id")
        let target = target(&body)
        try body.check()
        let datasetID = try await platform.database.write { db in
            let datasetID = try dataset(db, target)
            let bulk = BulkInsertion(
                datasetID: datasetID,
                userID: target.user.id,
                parentID: parent,
                prefix: prefix,
                count: count,
                size: size,
                pattern: isText ? nil : target.pattern
            )
            try bulk.run(db)
            return datasetID
        }
        return .json(["dataset_id": .string(datasetID), "count": .int(count)], status: .created)
    }

    /// `POST /admin/object {name, dataset, size, pattern, file_path, parent_id, user}`: a file entry, ready to be read.
    func object(_ request: Request) async throws -> Response {
        var body = try await BodyReader(request)
        let size = body.int("size") ?? 0
        let target = target(&body)
        let base = EntryDraft(&body, user: target.user)
        try body.check()
        let json = try await platform.database.write { db in
            var draft = base
            draft.locations = []
            draft.entry.status = "active"
            draft.entry.filePath = draft.entry.filePath ?? draft.entry.name
            draft.entry.datasetID = try dataset(db, target)
            try addPatternObject(db, to: &draft, size: size, target.pattern)
            try draft.insert(db, by: target.user)
            return try EntryAnswer(signer: platform.signer).json(db, draft.entry)
        }
        return .json(json, status: .created)
    }

    /// `POST /admin/entries`: an entry as the create route takes it, with `raw` members that replace its own in every
    /// answer, and `locations` (members of a storage_config, or `pattern` and `size` for an object) as they are.
    func plant(_ request: Request) async throws -> Response {
        var body = try await BodyReader(request)
        let target = target(&body)
        var base = EntryDraft(&body, user: target.user)
        base.entry.status = body.string("status") ?? "active"
        base.entry.raw = body.object("raw")?.text
        base.entry.shareStatus = body.string("share_status") ?? "private"
        if body.has("short_alias") { base.entry.shortAlias = body.string("short_alias") }
        let places = body.array("locations")
        try body.check()
        let ready = base
        let json = try await platform.database.write { db in
            var draft = ready
            draft.entry.datasetID = try dataset(db, target)
            if let places {
                draft.locations = []
                draft.object = nil
                for place in places { try add(place, to: &draft, db) }
            }
            try draft.insert(db, by: target.user)
            return try EntryAnswer(signer: platform.signer).json(db, draft.entry)
        }
        return .json(json, status: .created)
    }

    /// `POST /admin/trajectories {id, data}`: a row that `pg_table` registrations can point at.
    func trajectory(_ request: Request) async throws -> Response {
        var body = try await BodyReader(request)
        let id = body.string("id") ?? Identifier.make()
        let data = (body.object("data") ?? [:]).overlaid(with: ["id": .string(id)])
        try body.check()
        try await platform.database.write { db in
            try db.execute(sql: "INSERT OR REPLACE INTO trajectories VALUES (?, ?)", arguments: [id, data.text])
        }
        return .json(["id": .string(id)], status: .created)
    }

    /// Where seeded things go, and whose they are.
    private struct Target: Sendable {
        var dataset: String?
        var user: User
        var pattern: ContentPattern
    }

    private func target(_ body: inout BodyReader) -> Target {
        let pattern = body.string("pattern") ?? "random:0"
        if ContentPattern(pattern) == nil { body.problem("pattern", "Input should be zeros, counter or random:SEED") }
        return Target(
            dataset: body.string("dataset") ?? body.string("dataset_id"),
            user: User(id: body.string("user") ?? platform.settings.defaultUser),
            pattern: ContentPattern(pattern) ?? .zeros
        )
    }

    /// The dataset of that id, made if it is not there; a name makes a new one.
    private func dataset(_ db: Database, _ target: Target) throws -> String {
        let id = target.dataset.flatMap(Identifier.normalized)
        if let id, try DatasetRecord.find(db, id) != nil { return id }
        var record = DatasetRecord(name: target.dataset ?? "seeded", userID: target.user.id)
        record.id = id ?? record.id
        try record.insert(db)
        return record.id
    }

    private func addPatternObject(
        _ db: Database,
        to draft: inout EntryDraft,
        size: Int,
        _ pattern: ContentPattern
    ) throws {
        let key = Identifier.make()
        var record = ObjectRecord(key: key, size: size, etag: key.filter { $0 != "-" }, segments: [])
        record.pattern = pattern
        try record.insert(db)
        draft.object = key
        draft.addLocation("gcs", "file", location: draft.entry.filePath, object: key)
    }

    private func add(_ place: JSONValue, to draft: inout EntryDraft, _ db: Database) throws {
        if let pattern = place["pattern"]?.stringValue.flatMap(ContentPattern.init) {
            try addPatternObject(db, to: &draft, size: place["size"]?.intValue ?? 0, pattern)
        } else {
            draft.addLocation(place["storage_type"]?.stringValue ?? "raw_content", "text")
        }
        let index = draft.locations.count - 1
        draft.locations[index].contentType = place["content_type"]?.stringValue ?? draft.locations[index].contentType
        draft.locations[index].location = place["location"]?.stringValue ?? draft.locations[index].location
        draft.locations[index].metadata = place["metadata"]?.text
        draft.locations[index].contentSchema = place["content_schema"]?.text
    }
}
