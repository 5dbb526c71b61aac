internal import DatasetModel

/// What a store says of one thing, as JSON.
struct NodeRow: Encodable {
    var name: String
    var kind: String
    var target: String?
    var id: String?
    var size: UInt64?
    var version: String?
    var createdAt: String?
    var modifiedAt: String?
    var description: String?
    var tags: [String]
    var datasetID: String?
    var parentID: String?
    var projectID: String?
    var alias: String?
    var status: String?
    var storageType: String?
    var contentType: String?
    var mediaType: String?
    var owner: String?
    var share: String?
    var isCollection: Bool?
    var score: Double?
    var digests: [String: String]?
    var metadata: [String: JSONFragment]?

    enum CodingKeys: String, CodingKey {
        case name, kind, target, id, size, version, description, tags, alias, status, owner, share, score, digests,
            metadata
        case createdAt = "created_at"
        case modifiedAt = "modified_at"
        case datasetID = "dataset_id"
        case parentID = "parent_id"
        case projectID = "project_id"
        case storageType = "storage_type"
        case contentType = "content_type"
        case mediaType = "media_type"
        case isCollection = "is_collection"
    }

    init(_ node: Node, score: Double? = nil) {
        let facts = node.attributes
        name = node.name
        switch node.kind {
        case .file: kind = "file"
        case .directory: kind = "directory"
        case .link(let target): (kind, self.target) = ("link", target)
        }
        id = facts.id
        size = node.size
        version = node.version?.rawValue
        createdAt = node.created?.rfc3339
        modifiedAt = node.modified?.rfc3339
        description = facts.description
        tags = facts.tags
        datasetID = facts.datasetID
        parentID = facts.parentID
        projectID = facts.projectID
        alias = facts.alias
        status = facts.status
        storageType = facts.storageType
        contentType = facts.contentType
        mediaType = facts.mediaType
        owner = facts.owner
        share = facts.share
        isCollection = facts.isCollection
        self.score = score
        let known = [
            "md5": facts.digests.md5, "crc32c": facts.digests.crc32c, "sha256": facts.digests.sha256,
            "etag": facts.digests.etag,
        ].compactMapValues(\.self)
        digests = known.isEmpty ? nil : known
        metadata = facts.metadata.isEmpty ? nil : facts.metadata.mapValues(JSONFragment.init)
    }
}
