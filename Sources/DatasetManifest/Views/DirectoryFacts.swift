package import DatasetModel

/// What is known of a directory and of all below it.
package struct DirectoryFacts: Sendable, Equatable {
    /// As the tree shows it.
    package var name: String
    package var description: String?
    package var tags: [String] = []
    package var owner: String?
    /// A URL, an SPDX identifier or a sentence; nil where nobody has said.
    package var license: String?
    /// The platform's page of it. A URL that could hold a secret is left out of every view.
    package var pageURL: String?
    package var id: String?
    package var created: Timestamp?
    package var modified: Timestamp?
    /// Values as JSON text. Only the native manifest shows it.
    package var metadata: [String: String] = [:]
    /// Everything below, in any order. A directory that only stands in the path of another entry need not be listed.
    package var entries: [EntryFacts]

    package init(name: String, entries: [EntryFacts]) {
        self.name = name
        self.entries = entries
    }

    /// What a store says of the directory.
    package init(name: String, node: Node, entries: [EntryFacts]) {
        self.init(name: name, entries: entries)
        description = node.attributes.description
        tags = node.attributes.tags
        owner = node.attributes.owner
        pageURL = node.attributes.originURL
        id = node.attributes.id
        created = node.created
        modified = node.modified
        metadata = node.attributes.metadata
    }
}
