package import DatasetModel

/// What is known of one thing below a directory, for the views that describe the directory to others.
package struct EntryFacts: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case file
        case directory
        /// The URL or path that a link entry points to.
        case link(target: String)
    }

    /// Names as the tree shows them, from the described directory.
    package var path: [String]
    package var kind: Kind
    /// In bytes.
    package var size: UInt64?
    package var description: String?
    package var tags: [String] = []
    package var mediaType: String?
    package var digests = Digests()
    package var created: Timestamp?
    package var modified: Timestamp?
    package var id: String?
    /// The platform's page of it. A URL that could hold a secret is left out of every view.
    package var pageURL: String?
    /// Values as JSON text. Only the native manifest shows it.
    package var metadata: [String: String] = [:]

    package init(path: [String], kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// What a store says of it.
    package init(path: [String], node: Node) {
        self.path = path
        kind =
            switch node.kind {
            case .file: .file
            case .directory: .directory
            case .link(let target): .link(target: target)
            }
        size = node.size
        description = node.attributes.description
        tags = node.attributes.tags
        mediaType = node.attributes.mediaType
        digests = node.attributes.digests
        created = node.created
        modified = node.modified
        id = node.attributes.id
        pageURL = node.attributes.originURL
        metadata = node.attributes.metadata
    }
}
