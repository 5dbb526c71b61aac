/// An entry as the search index sees it.
struct SearchDocument {
    /// Every value of a field as text; a list field has several, an absent one none.
    private let lookup: (String) -> [String]
    /// The hit as it is answered, without the score.
    let json: () -> JSONValue

    init(_ entry: EntryRecord) {
        lookup = { field in Self.values(of: field, in: entry) }
        json = { Self.flat(entry.json) }
    }

    /// From an entry's JSON, kept after the entry itself is gone.
    init(json entry: JSONValue) {
        lookup = { field in
            switch entry[field] {
            case .string(let text): [text]
            case .bool(let flag): [String(flag)]
            case .array(let elements): elements.compactMap(\.stringValue)
            default: []
            }
        }
        json = { Self.flat(entry) }
    }

    func values(of field: String) -> [String] {
        lookup(field)
    }

    private static func values(of field: String, in entry: EntryRecord) -> [String] {
        let value: String? =
            switch field {
            case "id": entry.id
            case "name", "name.keyword": entry.name
            case "description": entry.description
            case "content": entry.content
            case "status": entry.status
            case "user_id": entry.userID
            case "dataset_id": entry.datasetID
            case "project_id": entry.projectID
            case "parent_id": entry.parentID
            case "file_path": entry.filePath
            case "share_status": entry.shareStatus
            case "short_alias": entry.shortAlias
            case "created_at": entry.createdAt
            case "modified_at": entry.modifiedAt
            case "is_collection": String(entry.isCollection)
            default: nil
            }
        if field == "tags" { return entry.tags.flatMap(JSONValue.parse)?.arrayValue?.compactMap(\.stringValue) ?? [] }
        return value.map { [$0] } ?? []
    }

    /// A hit carries neither the text nor the embedding of its entry.
    private static func flat(_ entry: JSONValue) -> JSONValue {
        .object((entry.members ?? []).filter { $0.key != "content" && $0.key != "embedding" })
    }
}
