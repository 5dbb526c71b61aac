package import DatasetModel

/// What `stat` and `readdir` need of one thing in the tree; nothing of it is decoded from JSON.
package struct Fact: Sendable, Equatable {
    /// The row number: never used twice. The root is 1, everything else starts at 16.
    package var inode: UInt64
    /// The directory's inode; 0 for the root.
    package var parent: UInt64
    /// The tree's name, already escaped and unique among its siblings.
    package var name: String
    package var location: Location
    package var kind: NodeKind
    /// Bytes; nil while nobody told.
    package var size: UInt64?
    package var version: Version?
    package var created: Timestamp?
    package var modified: Timestamp?
    /// The later of `modified` and the last change of content, description or name that was seen.
    package var changed: Timestamp?
    /// Wall-clock nanoseconds when the store last told all of `size` and `version` of this very node; 0 for never.
    package var knownAt: Int64

    package init(
        inode: UInt64,
        parent: UInt64,
        name: String,
        location: Location,
        kind: NodeKind,
        size: UInt64? = nil,
        version: Version? = nil,
        created: Timestamp? = nil,
        modified: Timestamp? = nil,
        changed: Timestamp? = nil,
        knownAt: Int64
    ) {
        self.inode = inode
        self.parent = parent
        self.name = name
        self.location = location
        self.kind = kind
        self.size = size
        self.version = version
        self.created = created
        self.modified = modified
        self.changed = changed
        self.knownAt = knownAt
    }
}

/// How far the children of a directory are known.
package struct ListingState: Sendable, Equatable {
    /// Wall-clock nanoseconds of the last listing; 0 once it was forgotten, so that it is stale at any lifetime.
    package var listedAt: Int64
    /// False: the children known are left over from a forgotten listing; good enough only where the store cannot be asked.
    package var isComplete: Bool
    /// How long the store took to tell it.
    package var took: Duration

    package init(listedAt: Int64, isComplete: Bool, took: Duration = .zero) {
        self.listedAt = listedAt
        self.isComplete = isComplete
        self.took = took
    }
}

/// A child as the tree is to show it: the store's node under the name it got among its siblings.
package struct NamedNode: Sendable {
    package var name: String
    package var node: Node

    package init(name: String, node: Node) {
        self.name = name
        self.node = node
    }
}

/// What a new listing changed, for whoever must tell the kernel.
package struct ListingChange: Sendable {
    package var added: [Fact] = []
    /// Direct children only; what lay below them is gone as well.
    package var removed: [Fact] = []
    /// The new state where size, version, modification time or kind differ from before.
    package var changed: [Fact] = []
    /// The former name and the new state.
    package var renamed: [(old: String, fact: Fact)] = []

    package init() {}

    package var isEmpty: Bool { added.isEmpty && removed.isEmpty && changed.isEmpty && renamed.isEmpty }
}
