internal import DatasetModel

extension Edison.EntryRecord {
    /// - Parameter elidedLength: UTF-8 length of a content that was left out of `json`.
    /// - Throws: `Malformed` when a member has the wrong type or there is no id; everything else may be missing.
    init(_ json: Edison.JSON, elidedLength: Int? = nil) throws(Edison.Malformed) {
        guard json.asObject != nil else { throw Edison.Malformed("an entry is no object") }
        guard let id = try json.identifier("id") else { throw Edison.Malformed("an entry has no id") }
        self.init(id: id, name: try json.string("name") ?? id)
        description = try json.string("description")
        content = try json.string("content")
        contentLength = content?.utf8.count ?? elidedLength
        status = try json.string("status")
        isCollection = try json.bool("is_collection") ?? false
        tags = try json.array("tags").map(Self.strings) ?? []
        parentID = try json.identifier("parent_id")
        projectID = try json.identifier("project_id")
        datasetID = try json.identifier("dataset_id")
        tellsDataset = json.has("dataset_id")
        filePath = try json.string("file_path")
        hasSchema = json["bigquery_schema"] != nil
        owner = try json.string("user_id")
        share = try json.string("share_status")
        alias = try json.string("short_alias")
        created = try json.string("created_at").flatMap(Edison.Moment.parse)
        modified = try json.string("modified_at").flatMap(Edison.Moment.parse)
    }

    private static func strings(_ list: [Edison.JSON]) throws(Edison.Malformed) -> [String] {
        var strings: [String] = []
        for element in list {
            guard let text = element.asString else { throw Edison.Malformed("a tag is no string") }
            strings.append(text)
        }
        return strings
    }
}

extension Edison.DatasetRecord {
    /// - Throws: `Malformed` when a member has the wrong type or there is no id.
    init(_ json: Edison.JSON) throws(Edison.Malformed) {
        guard json.asObject != nil else { throw Edison.Malformed("the dataset is no object") }
        guard let id = try json.identifier("id") else { throw Edison.Malformed("the dataset has no id") }
        self.init(id: id, name: try json.string("name") ?? id)
        description = try json.string("description")
        owner = try json.string("user_id")
        created = try json.string("created_at").flatMap(Edison.Moment.parse)
        modified = try json.string("modified_at").flatMap(Edison.Moment.parse)
    }
}

extension Edison.LocationRecord {
    /// - Throws: `Malformed` when a member has the wrong type.
    init(_ json: Edison.JSON) throws(Edison.Malformed) {
        guard json.asObject != nil else { throw Edison.Malformed("a storage location is no object") }
        let configuration = json["storage_config"] ?? .object([])
        guard configuration.asObject != nil else { throw Edison.Malformed("“storage_config” is no object") }
        self.init(
            id: try json.identifier("id"),
            storageType: try configuration.string("storage_type") ?? "",
            contentType: try configuration.string("content_type"),
            metadata: configuration["metadata"],
            place: try configuration.string("location"),
            signedURL: try configuration.string("signed_url")
        )
    }
}

extension Edison.EntryAnswer {
    /// - Throws: `Malformed` when a member has the wrong type or the entry is missing.
    init(_ json: Edison.JSON) throws(Edison.Malformed) {
        guard let storage = json["data_storage"] else { throw Edison.Malformed("there is no “data_storage”") }
        var entry = try Edison.EntryRecord(storage)
        if entry.content == nil, let content = try json.string("content") {
            entry.content = content
            entry.contentLength = content.utf8.count
        }
        var locations: [Edison.LocationRecord] = []
        for location in try json.array("storage_locations") ?? [] {
            locations.append(try Edison.LocationRecord(location))
        }
        self.init(
            entry: entry,
            locations: locations,
            revisionID: try json.identifier("revision_id"),
            currentRevisionID: try json.identifier("current_revision_id"),
            generation: try json.integer("revision_generation") ?? 0,
            version: try json.integer("version") ?? 0
        )
    }
}
