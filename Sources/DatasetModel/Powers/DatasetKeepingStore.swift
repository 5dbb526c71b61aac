package import DatasetSync

/// A store that gathers things in datasets which have facts of their own.
package protocol DatasetKeepingStore: Sendable {
    /// Makes an empty dataset.
    ///
    /// - Parameter id: Nil leaves it to the store.
    /// - Throws: `.conflict` when another dataset has that id.
    @available(*, noasync, message: "this may wait for the network")
    func createDataset(
        named name: String,
        description: String?,
        id: String?,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node

    /// A dataset's facts and everything in it, whatever directory it lies in: nodes as a listing tells them.
    @available(*, noasync, message: "this may wait for the network")
    func dataset(_ location: Location, until cancellation: Cancellation) throws(StoreError) -> DatasetContents

    /// Takes a dataset away with all that is in it.
    ///
    /// - Throws: `.notFound` when it is gone already.
    @available(*, noasync, message: "this may wait for the network")
    func deleteDataset(_ location: Location, until cancellation: Cancellation) throws(StoreError)
}

/// A dataset and all that is in it.
package struct DatasetContents: Sendable {
    package var dataset: Node
    package var entries: [Node]

    package init(dataset: Node, entries: [Node]) {
        self.dataset = dataset
        self.entries = entries
    }
}
