internal import DatasetManifest
internal import DatasetModel

/// What the tests say of a directory, as they write it in JSON.
struct Facts: Decodable {
    struct Entry: Decodable {
        var path: [String]
        var kind: String
        var target: String?
        var size: UInt64?
        var description: String?
        var tags: [String]?
        var mediaType: String?
        var sha256: String?
        var md5: String?
        /// Seconds since 1970.
        var created: Int64?
        var modified: Int64?
        var id: String?
        var pageURL: String?
    }

    var name: String
    var description: String?
    var tags: [String]?
    var owner: String?
    var license: String?
    var pageURL: String?
    var id: String?
    var created: Int64?
    var modified: Int64?
    var entries: [Entry]
}

extension DirectoryFacts {
    init(_ facts: Facts) {
        self.init(name: facts.name, entries: facts.entries.map(EntryFacts.init))
        description = facts.description
        tags = facts.tags ?? []
        owner = facts.owner
        license = facts.license
        pageURL = facts.pageURL
        id = facts.id
        created = facts.created.map { Timestamp(seconds: $0) }
        modified = facts.modified.map { Timestamp(seconds: $0) }
    }
}

extension EntryFacts {
    init(_ entry: Facts.Entry) {
        let kind: Kind =
            switch entry.kind {
            case "directory": .directory
            case "link": .link(target: entry.target ?? "")
            default: .file
            }
        self.init(path: entry.path, kind: kind)
        size = entry.size
        description = entry.description
        tags = entry.tags ?? []
        mediaType = entry.mediaType
        digests = Digests(md5: entry.md5, sha256: entry.sha256)
        created = entry.created.map { Timestamp(seconds: $0) }
        modified = entry.modified.map { Timestamp(seconds: $0) }
        id = entry.id
        pageURL = entry.pageURL
    }
}
