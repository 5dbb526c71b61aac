package import DatasetSync

/// A store that can refer to data that lies elsewhere, without a copy of it.
package protocol RegisteringStore: Sendable {
    /// Makes a thing that stands for `source`. Called again with the same ledger it makes one thing however often it is tried.
    ///
    /// - Parameter place: Name, directory, description, tags and project; its kind says nothing here.
    /// - Throws: `.invalid` when the store cannot find the source, `.unsupported` when it refers to none of that kind.
    @available(*, noasync, message: "this may wait for the network")
    func register(
        _ source: ExistingSource,
        as place: Creation,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node
}

/// Data that lies elsewhere.
package enum ExistingSource: Sendable, Hashable {
    /// Objects in a Google Cloud Storage bucket; without a prefix all of them.
    case bucket(name: String, prefix: String?)
    /// One row of a Postgres table.
    case tableRow(table: String, row: String)
    case bigQuery(project: String, dataset: String, table: String)
    /// - Parameter instructions: What a person or program is to do with it.
    case link(url: String, instructions: String?, metadata: [String: String])
}
