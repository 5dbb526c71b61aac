package import DatasetModel
package import DatasetSync
internal import Glibc

/// Descriptions and tags: the extended attributes `user.description` and `user.tags` of the file in the directory, the
/// latter as text with commas between; a link can have none (xattr(7)).
extension Gufe.FileStore {
    private static var description: String { "user.description" }
    private static var tags: String { "user.tags" }

    /// A file gets a new version by it, since its time of change moves.
    @available(*, noasync, message: "this waits for the disk")
    package func setAttributes(
        _ change: AttributeChange,
        of location: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try requireWritable()
        let path = try path(location)
        try check(cancellation, "Describing “\(location)”")
        try Gufe.check(change, of: location, in: traits)
        let what = "“\(location)” in \(traits.displayName) cannot be described"
        let place = try local(what) { () throws(Gufe.SystemError) in try tree.place(of: path) }
        let status = try local(what) { () throws(Gufe.SystemError) in try place.status() }
        guard status.isRegular || status.isDirectory else {
            throw StoreError(.unsupported, "“\(location)” is a link: \(traits.displayName) keeps nothing with links")
        }
        try set(change, place.attributes, what)
        try local(what) { () throws(Gufe.SystemError) in try place.synchronize() }
        return try settledNode(at: path, until: cancellation)
    }

    func set(_ change: AttributeChange, _ attributes: Gufe.ExtendedAttributes, _ what: String) throws(StoreError) {
        try local(what) { () throws(Gufe.SystemError) in
            if let text = change.description {
                try attributes.set(Self.description, to: text.isEmpty ? nil : Array(text.utf8))
            }
            if let tags = change.tags {
                try attributes.set(Self.tags, to: tags.isEmpty ? nil : Array(tags.joined(separator: ",").utf8))
            }
        }
    }

    /// What is kept with a file or directory; a file system that will not tell, tells nothing.
    func describe(_ node: inout Node, _ attributes: Gufe.ExtendedAttributes) {
        guard traits.describesNodes else { return }
        if let value = try? attributes.value(Self.description), !value.isEmpty {
            node.attributes.description = String(decoding: value, as: UTF8.self)
        }
        if let value = try? attributes.value(Self.tags), !value.isEmpty {
            node.attributes.tags = String(decoding: value, as: UTF8.self).split(separator: ",").map { String($0) }
        }
    }
}

extension AttributeChange {
    /// What a new thing is to have.
    init(_ creation: Creation) {
        self.init(description: creation.description, tags: creation.tags.isEmpty ? nil : creation.tags)
    }
}
