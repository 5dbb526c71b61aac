package import DatasetModel
package import DatasetSync

extension Edison.Store: DatasetKeepingStore {
    package func createDataset(
        named name: String,
        description: String?,
        id: String?,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try cancellation.check(during: "creating a dataset")
        var creation = Creation(.directory, named: name, in: .root)
        creation.description = description
        try check(creation)
        let ledger = Edison.MemoryLedger()
        if let id {
            guard Edison.Identifier.isUUID(id) else {
                throw StoreError(.invalid, "“\(Edison.Detail.printable(id, limit: 80))” is no UUID")
            }
            try requireFree(id.lowercased(), until: cancellation)
            let note = Edison.UploadNote(marker: id.lowercased(), began: time.wallNanoseconds())
            ledger.note(note.text)
        }
        let record = Edison.UploadRecord(ledger, time: time) { _ in true }
        return try createDataset(creation, record, until: cancellation)
    }

    /// One that is there already would pass for one that an earlier try made.
    private func requireFree(_ id: String, until cancellation: Cancellation) throws(StoreError) {
        do throws(StoreError) {
            _ = try client.datasetFacts(id, until: cancellation)
        } catch {
            guard error.code == .notFound else { throw error }
            return
        }
        throw StoreError(.conflict, "there is a dataset \(id) already", remedy: "Leave the id to the platform.")
    }

    /// `GET …/datasets/{id}`
    package func dataset(_ location: Location, until cancellation: Cancellation) throws(StoreError) -> DatasetContents {
        try cancellation.check(during: "asking for \(location)")
        let tree = try trees.current(try datasetID(location), until: cancellation)
        let entries = tree.records.indices.filter { tree.records[$0].isShown }.map { index in
            listedNode(tree.records[index], hasChildren: tree.hasChildren(Int32(index)))
        }
        return DatasetContents(dataset: directory(tree.dataset), entries: entries)
    }

    /// `DELETE …/datasets/{id}`
    package func deleteDataset(_ location: Location, until cancellation: Cancellation) throws(StoreError) {
        try cancellation.check(during: "deleting \(location)")
        let id = try datasetID(location)
        _ = try client.datasetFacts(id, until: cancellation)
        try client.delete(dataset: id, until: cancellation)
        roots.remove(dataset: id)
        trees.forget(id)
    }

    private func datasetID(_ location: Location) throws(StoreError) -> String {
        switch try Edison.Address(location) {
        case .dataset(let id): return id
        case .root:
            guard let id = options.dataset else { break }
            return id
        case .entry, .object: break
        }
        throw StoreError(.invalid, "\(location) is no dataset", remedy: "Name a dataset by its name or id.")
    }
}
