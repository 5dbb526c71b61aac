package import DatasetModel

/// What is remembered of a thing here because the store keeps no such fact (chmod, chown, utimens).
package struct LocalAttributes: Sendable, Equatable {
    package var permissions: UInt32?
    package var owner: UInt32?
    package var group: UInt32?
    package var accessed: Timestamp?
    package var modified: Timestamp?
    /// The version of the content that `modified` speaks of; nil: of any.
    package var version: Version?

    package init(
        permissions: UInt32? = nil,
        owner: UInt32? = nil,
        group: UInt32? = nil,
        accessed: Timestamp? = nil,
        modified: Timestamp? = nil,
        version: Version? = nil
    ) {
        self.permissions = permissions
        self.owner = owner
        self.group = group
        self.accessed = accessed
        self.modified = modified
        self.version = version
    }

    /// Nothing is remembered; a version alone says nothing.
    package var isEmpty: Bool {
        permissions == nil && owner == nil && group == nil && accessed == nil && modified == nil
    }
}
