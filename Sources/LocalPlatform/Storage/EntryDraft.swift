import GRDB

/// An entry about to be made: which kind follows from what the request brings.
struct EntryDraft: Sendable {
    var entry: EntryRecord
    var locations: [LocationRecord] = []
    /// The object a file's upload will make; it becomes part of the first revision.
    var object: String?

    /// Reads the body of a create request, except for `existing_location`.
    init(_ body: inout BodyReader, user: User) {
        entry = EntryRecord(name: body.requiredString("name"), userID: user.id)
        entry.description = body.string("description")
        entry.content = body.string("content")
        entry.embedding = body.numbers("embedding").map { JSONValue.array($0.map { .double($0) }).text }
        entry.isCollection = body.bool("is_collection") ?? false
        entry.parentID = body.uuid("parent_id")
        entry.projectID = body.uuid("project_id")
        entry.datasetID = body.uuid("dataset_id")
        entry.filePath = body.string("file_path")
        entry.tags = body.strings("tags").map { JSONValue.array($0.map { .string($0) }).text }
        entry.metadata = body.object("metadata")?.text
        entry.trajectoryID = body.string("trajectory_id")
        if entry.content != nil {
            addLocation("raw_content", "text")
        } else if entry.filePath != nil, !body.has("existing_location") {
            let key = Identifier.make()
            object = key
            entry.status = "pending"
            addLocation("gcs", "file", location: entry.filePath, object: key)
        }
    }

    init(entry: EntryRecord) {
        self.entry = entry
    }

    mutating func addLocation(_ type: String, _ contentType: String, location: String? = nil, object: String? = nil) {
        var record = LocationRecord(
            entryID: entry.id,
            storageType: type,
            contentType: contentType,
            location: location,
            object: object
        )
        record.metadata = entry.metadata
        locations.append(record)
    }

    /// As on a platform that does not show what the uploader said of the content.
    mutating func forgetMetadata() {
        entry.metadata = nil
        for index in locations.indices where locations[index].storageType != "link" { locations[index].metadata = nil }
    }

    /// Writes the entry with its first revision, and the dataset of its own that an entry without one is given.
    ///
    /// - Throws: `APIError` 404 for a dataset or parent that is not there, 403 for another's.
    mutating func insert(_ db: Database, by user: User) throws {
        if let datasetID = entry.datasetID {
            guard let dataset = try DatasetRecord.find(db, datasetID) else { throw APIError.datasetNotFound }
            guard dataset.userID == user.id else { throw APIError.notPermitted }
        } else {
            let dataset = DatasetRecord(name: entry.name, userID: user.id)
            try dataset.insert(db)
            entry.datasetID = dataset.id
        }
        if let parent = entry.parentID {
            _ = try EntryRecord.owned(db, parent, by: user)
        }
        let revisionID = Identifier.make()
        entry.currentRevisionID = revisionID
        var revision = RevisionRecord(id: revisionID, of: entry, version: 0, object: object, author: user.id)
        revision.publishedAt = entry.createdAt
        try entry.insert(db)
        try revision.insert(db)
        for location in locations { try location.insert(db) }
    }
}
