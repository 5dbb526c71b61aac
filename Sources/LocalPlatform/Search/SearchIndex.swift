import GRDB

/// Runs searches over the entries a user may see, as late as the index is set to be.
struct SearchIndex {
    let db: Database
    let user: User
    /// Seconds that creations and deletions take to show.
    let delay: Double

    func hits(_ request: SearchRequest) throws -> [JSONValue] {
        let conditions = request.criteria.map(\.sql)
        let exact = conditions.compactMap { $0 }
        let isExact = exact.count == conditions.count && request.textQuery == nil && delay == 0
        if isExact, request.logic == .and || conditions.count <= 1 {
            return try page(request, exact)
        }
        return try ranked(request, request.logic == .and || conditions.count == 1 ? exact : [])
    }

    /// Every hit is as good as any other, so the database pages by itself.
    private func page(_ request: SearchRequest, _ conditions: [Condition]) throws -> [JSONValue] {
        let (sql, arguments) = query(conditions)
        let entries = try EntryRecord.fetchAll(
            db,
            sql: sql + " ORDER BY seq LIMIT ? OFFSET ?",
            arguments: arguments + [request.limit, request.offset]
        )
        return entries.map { hit(SearchDocument($0), 1 + Double(request.criteria.count), request) }
    }

    private func ranked(_ request: SearchRequest, _ conditions: [Condition]) throws -> [JSONValue] {
        var found: [(score: Double, document: SearchDocument)] = []
        let (sql, arguments) = query(conditions)
        let entries = try EntryRecord.fetchCursor(db, sql: sql + " ORDER BY seq", arguments: arguments)
        while let entry = try entries.next() {
            let document = SearchDocument(entry)
            if let score = request.score(document) { found.append((score, document)) }
        }
        for document in try tombstones() {
            if let score = request.score(document) { found.append((score, document)) }
        }
        let order = found.indices.sorted { (found[$1].score, $0) < (found[$0].score, $1) }
        return order.dropFirst(request.offset).prefix(request.limit).map { index in
            hit(found[index].document, found[index].score, request)
        }
    }

    private func hit(_ document: SearchDocument, _ score: Double, _ request: SearchRequest) -> JSONValue {
        var json = document.json().overlaid(with: ["score": .double(score)])
        if let highlights = request.highlights(document) { json = json.overlaid(with: ["highlights": highlights]) }
        return json
    }

    private typealias Condition = (condition: String, arguments: StatementArguments)

    private func query(_ conditions: [Condition]) -> (String, StatementArguments) {
        var sql = "SELECT \(EntryRecord.columns) FROM entry WHERE deleted = 0 AND \(EntryRecord.visibleSQL)"
        var arguments = EntryRecord.visibleArguments(user)
        if delay > 0 {
            sql += " AND indexed_at <= ?"
            arguments += [Timestamp.epoch() - delay]
        }
        for (condition, more) in conditions {
            sql += " AND \(condition)"
            arguments += more
        }
        return (sql, arguments)
    }

    /// Entries that are gone but that the index has not forgotten yet.
    private func tombstones() throws -> [SearchDocument] {
        guard delay > 0 else { return [] }
        return try String.fetchAll(
            db,
            sql: "SELECT entry FROM tombstone WHERE user_id = ? AND gone_at > ?",
            arguments: [user.id, Timestamp.epoch() - delay]
        ).compactMap { JSONValue.parse($0).map(SearchDocument.init(json:)) }
    }
}
