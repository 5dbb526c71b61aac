package import DatasetSync

/// A store that keeps the earlier contents of its files.
package protocol VersionedStore: Sendable {
    /// The revisions of a file, the latest first; empty where the store keeps none of this one.
    @available(*, noasync, message: "this may wait for the network")
    func revisions(of location: Location, until cancellation: Cancellation) throws(StoreError) -> [Revision]

    /// The file as it was in one revision: size and version are known, and ``Store/read(_:of:into:until:)`` of the node
    /// reads exactly that revision's bytes.
    ///
    /// - Throws: `.notFound` when there is no such revision.
    @available(*, noasync, message: "this may wait for the network")
    func node(at location: Location, revision: RevisionName, until cancellation: Cancellation)
        throws(StoreError) -> Node

    /// Makes the content of an earlier revision the current one, as a new revision on top: nothing is lost.
    ///
    /// - Throws: `.notFound` when there is no such revision, `.conflict` when somebody changed the file meanwhile.
    @available(*, noasync, message: "this may wait for the network")
    func restore(_ revision: RevisionName, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
}

/// How a revision is named: by its number, as people do, or by its id.
package enum RevisionName: Sendable, Hashable {
    case number(Int)
    case id(String)
}

/// What a store tells of one earlier or current content.
package struct Revision: Sendable, Equatable {
    package var id: String
    /// Counted by the store, usually from 0; larger is later.
    package var number: Int
    package var isCurrent: Bool
    /// The file's name in it.
    package var name: String?
    /// Bytes, where the store tells.
    package var size: UInt64?
    package var created: Timestamp?
    package var author: String?

    package init(id: String, number: Int, isCurrent: Bool) {
        self.id = id
        self.number = number
        self.isCurrent = isCurrent
    }
}
