internal import DatasetJournal
internal import DatasetModel

extension Version {
    /// How versions begin that only this mount knows.
    static let unpublishedPrefix = "//"

    /// Of a file that was made and not closed yet.
    static func draft(_ id: ChangeID) -> Version { Version("//draft/\(id.rawValue)") }

    static func content(_ id: ContentID) -> Version { Version("//content/\(id.rawValue)") }

    var isUnpublished: Bool { rawValue.hasPrefix(Self.unpublishedPrefix) }
}

extension Change {
    /// What has no place at the store yet.
    var isCreation: Bool { location.pendingID != nil && !isRemoval }

    /// As the store will tell it once this is done.
    ///
    /// - Parameter base: What the store tells now; nil for what it does not have.
    func node(over base: Node? = nil) -> Node {
        var node =
            base
            ?? Node(
                location: location,
                name: TreeName.unescaped(name),
                kind: kind,
                created: modified,
                modified: modified
            )
        if kind == .file, content != nil || base == nil {
            node.size = size
            node.version = content.map(Version.content) ?? .draft(id)
            node.modified = modified
            node.inlineContent = nil
            node.attributes.digests = Digests()
        }
        if let description { node.attributes.description = description.isEmpty ? nil : description }
        if let tags { node.attributes.tags = tags }
        return node
    }
}
