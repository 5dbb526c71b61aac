import GRDB
import Hummingbird

/// The part of a PATCH that asks for a new version.
struct RevisionRequest: Sendable {
    var id: String
    var base: String?
    var content: String?
    var source: String?
    var publish: Bool

    init?(_ body: inout BodyReader) {
        guard
            body.has("revision_id") || body.has("base_revision_id") || body.has("content") || body.has("publish")
                || body.has("source_entry_id")
        else { return nil }
        guard let id = body.uuid("revision_id") else {
            body.problem("revision_id", "Field required", "missing")
            return nil
        }
        self.id = id
        base = body.uuid("base_revision_id")
        content = body.string("content")
        source = body.string("source_entry_id")
        publish = body.bool("publish") ?? true
        if content != nil, source != nil {
            body.problem("content", "content and source_entry_id are mutually exclusive")
        }
    }
}

/// Makes and publishes revisions; a base that is no longer current is a conflict, the same request again is not.
struct Reviser {
    let db: Database
    let user: User
    /// Where a file that another entry brought is copied to; nil to go on using that entry's own.
    var objects: ObjectStore?

    /// - Throws: `APIError` 409 when the base is not current, 422 when there is nothing to revise with.
    func apply(
        _ wanted: RevisionRequest,
        _ change: EntryChange,
        to entry: inout EntryRecord
    ) throws -> RevisionRecord {
        if var known = try RevisionRecord.find(db, wanted.id, of: entry.id) {
            guard known.publishedAt == nil, wanted.publish else { return known }
            try requireCurrent(wanted.base, entry)
            try publish(&known, in: &entry)
            try known.update(db)
            return known
        }
        let taken = try RevisionRecord.fetchOne(db, sql: "SELECT * FROM revision WHERE id = ?", arguments: [wanted.id])
        guard taken == nil else { throw APIError.problem(.conflict, "Revision id already exists") }
        try requireCurrent(wanted.base, entry)
        var revision = try draft(wanted, change, of: entry)
        if wanted.publish { try publish(&revision, in: &entry) }
        try revision.insert(db)
        return revision
    }

    private func requireCurrent(_ base: String?, _ entry: EntryRecord) throws(APIError) {
        guard base == entry.currentRevisionID else {
            throw .problem(.conflict, "base_revision_id is not the current revision")
        }
    }

    private func draft(
        _ wanted: RevisionRequest,
        _ change: EntryChange,
        of entry: EntryRecord
    ) throws -> RevisionRecord {
        let latest = try Int.fetchOne(
            db,
            sql: "SELECT max(version) FROM revision WHERE entry_id = ?",
            arguments: [entry.id]
        )
        var revision = RevisionRecord(
            id: wanted.id,
            of: entry,
            version: (latest ?? entry.version) + 1,
            object: nil,
            author: user.id
        )
        revision.name = change.name ?? entry.name
        revision.description = change.description ?? entry.description
        if let content = wanted.content {
            revision.content = content
        } else if let source = wanted.source {
            try take(source, into: &revision)
        } else {
            throw APIError.problem(.unprocessableContent, "Either content or source_entry_id is required")
        }
        return revision
    }

    private func take(_ source: String, into revision: inout RevisionRecord) throws {
        let other = try EntryRecord.visible(db, source, to: user)
        guard other.status == "active" else {
            throw APIError.problem(.unprocessableContent, "The source entry is not completed")
        }
        let object = try LocationRecord.all(db, of: other.id).first?.object
        guard object != nil || other.content != nil else {
            throw APIError.problem(.unprocessableContent, "The source entry has no content")
        }
        revision.object = try object.map(copied)
        revision.content = other.content
        revision.filePath = other.filePath ?? revision.filePath
        revision.metadata = other.metadata
    }

    private func copied(_ object: String) throws -> String {
        guard let objects, case .own(let key) = ObjectReference(object), var record = try ObjectRecord.find(db, key)
        else { return object }
        record.key = Identifier.make()
        try objects.copy(object: key, as: record.key)
        try record.insert(db)
        return record.key
    }

    private func publish(_ revision: inout RevisionRecord, in entry: inout EntryRecord) throws {
        revision.publishedAt = Timestamp.now()
        entry.show(revision)
        entry.version = revision.version
        entry.currentRevisionID = revision.id
        entry.revisionGeneration += 1
        try db.execute(sql: "DELETE FROM location WHERE entry_id = ?", arguments: [entry.id])
        var draft = EntryDraft(entry: entry)
        if let object = revision.object {
            draft.addLocation("gcs", "file", location: entry.filePath, object: object)
        } else {
            draft.addLocation("raw_content", "text")
        }
        for var location in draft.locations {
            location.metadata = revision.metadata
            try location.insert(db)
        }
    }
}
