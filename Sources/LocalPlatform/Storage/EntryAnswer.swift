import GRDB

/// Puts together the answer to everything that concerns one entry, with a fresh signed URL for every object.
struct EntryAnswer {
    let signer: URLSigner

    /// - Parameters:
    ///   - revision: shows the entry as it was in that version.
    ///   - forUpload: signs the place where a resumable upload begins, instead of a download.
    func json(
        _ db: Database,
        _ entry: EntryRecord,
        revision: RevisionRecord? = nil,
        forUpload: Bool = false
    ) throws -> JSONValue {
        var shown = entry
        var locations = try LocationRecord.all(db, of: entry.id)
        if let revision {
            shown.show(revision)
            if locations.count == 1 { locations[0].show(revision) }
        }
        if let row = try linkedRow(db, locations) { shown.content = row }
        let shownLocations = locations.map { location in
            location.json(signedURL: url(of: location, in: shown, forUpload: forUpload))
        }
        return [
            "data_storage": shown.json, "storage_locations": .array(shownLocations),
            "content": .optional(shown.content), "revision_id": .optional(revision?.id ?? entry.currentRevisionID),
            "version": .int(revision?.version ?? entry.version),
            "current_revision_id": .optional(entry.currentRevisionID),
            "revision_generation": .int(entry.revisionGeneration),
        ]
    }

    private func url(of location: LocationRecord, in entry: EntryRecord, forUpload: Bool) -> String? {
        guard let text = location.object else { return nil }
        let object = ObjectReference(text)
        if forUpload, entry.status == "pending" {
            return signer.url("POST", "/storage/uploads/" + object.urlComponent)
        }
        let path = entry.isCollection ? location.location ?? entry.filePath : entry.filePath ?? location.location
        let name = (path ?? entry.name).split(separator: "/").last.map(String.init) ?? entry.name
        return signer.url("GET", "/storage/objects/" + object.urlComponent, filename: name)
    }

    /// The text of a registered database row, read anew each time since it stays where it is.
    private func linkedRow(_ db: Database, _ locations: [LocationRecord]) throws -> String? {
        guard let location = locations.first, location.storageType == "pg_table",
            let row = location.metadata.flatMap(JSONValue.parse)?["row_id"]?.stringValue
        else { return nil }
        return try String.fetchOne(db, sql: "SELECT data FROM trajectories WHERE id = ?", arguments: [row])
    }
}

extension LocationRecord {
    /// Where the content lay in that revision; a link's or table's stays where it is.
    mutating func show(_ revision: RevisionRecord) {
        guard storageType == "gcs" || storageType == "raw_content" else { return }
        storageType = revision.object == nil ? "raw_content" : "gcs"
        contentType = revision.object == nil ? "text" : "file"
        location = revision.object == nil ? nil : revision.filePath
        metadata = revision.metadata
        object = revision.object
    }
}

extension EntryRecord {
    /// Takes over what a revision says the entry was like.
    mutating func show(_ revision: RevisionRecord) {
        name = revision.name
        description = revision.description
        content = revision.content
        filePath = revision.filePath
        embedding = revision.embedding
    }
}
