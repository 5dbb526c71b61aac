/// What a thing in a store is to a file system.
package enum NodeKind: Hashable, Sendable {
    case directory
    case file
    /// A link entry; the target is the URL or path as the store gives it.
    case link(target: String)
}

/// What a store says of one thing: name, kind, size, version, times, description.
///
/// A listing may tell less than a question about the one thing does: `size` and `version` are nil then, which means
/// "not told", never "none". ``Store/node(at:until:)`` tells both for every file.
package struct Node: Sendable, Equatable {
    package var location: Location
    /// As the store says it, valid Unicode, not yet fit for a tree: may be empty, hold `/` or stand twice among siblings.
    package var name: String
    package var kind: NodeKind
    /// Content length in bytes.
    package var size: UInt64?
    package var version: Version?
    package var created: Timestamp?
    package var modified: Timestamp?
    package var attributes: Attributes
    /// The whole content, where the store handed it over together with the facts.
    package var inlineContent: [UInt8]?

    package init(
        location: Location,
        name: String,
        kind: NodeKind,
        size: UInt64? = nil,
        version: Version? = nil,
        created: Timestamp? = nil,
        modified: Timestamp? = nil,
        attributes: Attributes = Attributes(),
        inlineContent: [UInt8]? = nil
    ) {
        self.location = location
        self.name = name
        self.kind = kind
        self.size = size
        self.version = version
        self.created = created
        self.modified = modified
        self.attributes = attributes
        self.inlineContent = inlineContent
    }
}
