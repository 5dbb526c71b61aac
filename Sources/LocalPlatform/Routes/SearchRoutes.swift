import GRDB
import Hummingbird

/// `POST …/search` and `POST …/similarity-search`.
struct SearchRoutes {
    let platform: Platform

    func register(_ table: inout RouteTable) {
        table.post("/v0.1/data-storage/search") { request, _ in try await search(request) }
        table.post("/v0.1/data-storage/similarity-search") { request, _ in try await similar(request) }
    }

    private func search(_ request: Request) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        let wanted = try SearchRequest(&body, window: platform.settings.searchWindow)
        let delay = platform.settings.searchDelay
        let hits = try await platform.database.read { db in
            try SearchIndex(db: db, user: user, delay: delay).hits(wanted)
        }
        return .json(.array(hits))
    }

    private func similar(_ request: Request) async throws -> Response {
        let user = try platform.user(of: request)
        var body = try await BodyReader(request)
        let embedding = body.numbers("embedding") ?? []
        let size = body.int("size") ?? 10
        let minimum = body.double("min_score") ?? 0.7
        let filters = [("dataset_id", body.uuid("dataset_id")), ("project_id", body.uuid("project_id"))]
        let author = body.string("user_id")
        let tags = body.strings("tags") ?? []
        if embedding.isEmpty { body.problem("embedding", "List should have at least 1 item", "too_short") }
        try body.check()
        let found: [(Double, JSONValue)] = try await platform.database.read { db in
            var sql = "SELECT \(EntryRecord.columns) FROM entry WHERE deleted = 0 AND embedding IS NOT NULL AND "
            sql += EntryRecord.visibleSQL
            var arguments = EntryRecord.visibleArguments(user)
            for (column, value) in filters + [("user_id", author)] {
                guard let value else { continue }
                sql += " AND \(column) = ?"
                arguments += [value]
            }
            return try EntryRecord.fetchAll(db, sql: sql, arguments: arguments).compactMap { entry in
                let document = SearchDocument(entry)
                let vector = entry.embedding.flatMap(JSONValue.parse)?.arrayValue?.compactMap(\.doubleValue) ?? []
                guard tags.isEmpty || !Set(tags).isDisjoint(with: document.values(of: "tags")),
                    let likeness = Similarity.cosine(embedding, vector), likeness >= minimum
                else { return nil }
                return (likeness, document.json().overlaid(with: ["embedding_similarity": .double(likeness)]))
            }
        }
        let best = found.sorted { $0.0 > $1.0 }.prefix(max(0, size))
        return .json(.array(best.map(\.1)))
    }
}
