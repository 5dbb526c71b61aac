package import DatasetSync

/// A scientific platform's storage as the file system needs it: the narrow waist between the mount and the wire.
///
/// Synchronous: every call runs on the caller's thread and may wait for the network until `cancellation` ends it.
/// No URL, no errno, no inode passes here. Any number of calls may run at once.
package protocol Store: Sendable {
    var traits: StoreTraits { get }
    /// What else it can do (see ``StorePowers``).
    var powers: StorePowers { get }

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

    // MARK: - Writing; a store without these is read-only (`Store+Writing`)

    /// Refuses at once, without asking the store, what it could never hold: kind, name or place.
    ///
    /// - Throws: `.unsupported`, `.invalid`, `.readOnly`, with a remedy.
    func check(_ creation: Creation) throws(StoreError)

    /// Makes a new thing; one of the same name that is there already stays.
    ///
    /// After a crash or a broken connection it is called again with the same ledger: it goes on where it stood and takes up
    /// what an earlier try left behind, so that one creation makes one thing however often it is tried.
    ///
    /// - Parameter content: Of a file; nil for anything else.
    /// - Returns: The thing as ``node(at:until:)`` would tell it: size and version of a file are known.
    @available(*, noasync, message: "this may wait for the network")
    func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node

    /// Gives a file new content, provided that it still is of that version. Called again as ``create`` is.
    ///
    /// - Throws: `.conflict` when somebody changed it meanwhile; `.notFound` when it is gone: nothing is changed then.
    @available(*, noasync, message: "this may wait for the network")
    func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node

    /// Takes a file, a link or an empty directory away; one that is gone already is no error.
    ///
    /// - Parameter version: Of a file: what the remover saw, where the store can hold it against what is there.
    /// - Throws: `.conflict` for a directory that holds something, and for a file that somebody changed meanwhile.
    @available(*, noasync, message: "this may wait for the network")
    func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError)

    /// Gives a thing another name or place by the store's own means (see ``StoreTraits/renaming``); nothing may stand there.
    ///
    /// - Returns: The thing at its new location.
    @available(*, noasync, message: "this may wait for the network")
    func rename(_ location: Location, to name: String, in parent: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node

    /// Changes description and tags.
    ///
    /// - Returns: The thing as the store tells it afterwards: only what it shows was stored.
    /// - Throws: `.unsupported` where the store does not keep such a thing, or took the change and does not show it.
    @available(*, noasync, message: "this may wait for the network")
    func setAttributes(_ change: AttributeChange, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node

    /// What an earlier replacement with that note has made of a file, its answer unheard: whoever removes the file must know
    /// that this version is one's own.
    ///
    /// - Returns: Nil when what is there now is not of its making.
    @available(*, noasync, message: "this may wait for the network")
    func outcome(of note: String, at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node?

    /// Removes what a creation that will not be tried again left half done; best effort.
    ///
    /// - Parameter note: The last note of its ledger.
    @available(*, noasync, message: "this may wait for the network")
    func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError)
}

extension Store {
    /// The usual case: what a listing does not show is not there.
    package func child(named name: String, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        throw StoreError(.notFound, "\(traits.displayName) has nothing named “\(name)” there")
    }
}
