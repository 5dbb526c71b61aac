package import DatasetSync

/// A store whose things have ids of their own, by which they are found wherever they lie.
package protocol IdentifyingStore: Sendable {
    /// The thing of that id or alias: everything that the account may read, also what no listing of this store shows.
    ///
    /// - Throws: `.notFound` when there is none, and for a text that cannot be an id.
    @available(*, noasync, message: "this may wait for the network")
    func node(withID id: String, until cancellation: Cancellation) throws(StoreError) -> Node
}
