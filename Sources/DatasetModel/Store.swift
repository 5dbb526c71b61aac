package import DatasetSync

/// A scientific platform's storage as the file system needs it: the narrow waist between the mount and the wire.
///
/// Synchronous: every call runs on the caller's thread and may wait for the network until `cancellation` ends it.
/// No URL, no errno, no inode passes here. Any number of calls may run at once.
package protocol Store: Sendable {
    var traits: StoreTraits { get }

    /// What the store says now of the thing at `location`, complete: size and version are known for every file.
    ///
    /// - Throws: `.notFound` only when the store itself said so; everything that merely could not be learnt is another code.
    @available(*, noasync, message: "this may wait for the network")
    func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node

    /// One page of a directory's children, in the store's order; sizes and versions may be missing.
    @available(*, noasync, message: "this may wait for the network")
    func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page

    /// The child with that name or id, for names that no listing shows (see ``StoreTraits/listsEverything``).
    ///
    /// - Throws: `.notFound` when there is none.
    @available(*, noasync, message: "this may wait for the network")
    func child(named name: String, of location: Location, until cancellation: Cancellation) throws(StoreError) -> Node

    /// Sends exactly the bytes of `range` of that version of `node` to `sink`, in order.
    ///
    /// Returns normally when all bytes were delivered or when the sink said that it wants no more.
    ///
    /// - Precondition: `node` came from ``node(at:until:)`` (its size and version are known) and `range` lies within its size.
    /// - Throws: `.versionGone` when the store no longer has that version; `.corrupt` when length or digest disagree
    ///   with what was declared: bytes delivered by this call are not to be kept then.
    @available(*, noasync, message: "this may wait for the network")
    func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
}

extension Store {
    /// The usual case: what a listing does not show is not there.
    package func child(named name: String, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        throw StoreError(.notFound, "\(traits.displayName) has nothing named “\(name)” there")
    }
}
