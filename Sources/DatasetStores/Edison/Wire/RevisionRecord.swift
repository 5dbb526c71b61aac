internal import DatasetModel

extension Edison {
    /// One line of an entry's history, without its content.
    struct RevisionRecord: Sendable, Equatable {
        var id: String
        var version: Int
        var name: String?
        /// UTF-8 length of an inline text.
        var contentLength: Int?
        var author: String?
        var created: Timestamp?
        /// Nil for a draft.
        var published: Timestamp?
        var isPublished = false
    }

    /// One part of an entry's history.
    struct RevisionPage: Sendable, Equatable {
        var current: String?
        var revisions: [RevisionRecord]
    }
}

extension Edison.RevisionRecord {
    /// - Throws: `Malformed` when a member has the wrong type or there is no id.
    init(_ json: Edison.JSON) throws(Edison.Malformed) {
        guard let id = try json.identifier("id") else { throw Edison.Malformed("a revision has no id") }
        self.init(id: id, version: try json.integer("version") ?? 0)
        let snapshot = json["snapshot"] ?? .object([])
        name = try snapshot.string("name")
        contentLength = try snapshot.string("content")?.utf8.count
        author = try json.string("created_by")
        created = try json.string("created_at").flatMap(Edison.Moment.parse)
        published = try json.string("published_at").flatMap(Edison.Moment.parse)
        isPublished = json["published_at"] != nil
    }
}

extension Edison.RevisionPage {
    /// - Throws: `Malformed` when it is no history.
    init(_ json: Edison.JSON) throws(Edison.Malformed) {
        guard let list = try json.array("revisions") else { throw Edison.Malformed("there are no “revisions”") }
        var revisions: [Edison.RevisionRecord] = []
        for element in list { revisions.append(try Edison.RevisionRecord(element)) }
        self.init(current: try json.identifier("current_revision_id"), revisions: revisions)
    }
}
