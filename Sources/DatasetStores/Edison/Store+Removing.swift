package import DatasetModel
package import DatasetSync

extension Edison.Store {
    /// The platform deletes a dataset with all that is in it and leaves what is below a deleted entry hanging in the air,
    /// so both are asked first whether they are empty.
    package func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        try cancellation.check(during: "removing \(location)")
        switch try Edison.Address(location) {
        case .root: throw StoreError(.unsupported, "the root cannot be removed")
        case .dataset(let id):
            do throws(StoreError) {
                try removeDataset(id, until: cancellation)
            } catch {
                guard error.code == .notFound else { throw error }
            }
            roots.remove(dataset: id)
            trees.forget(id)
        case .entry(let id):
            do throws(StoreError) {
                try removeEntry(id, version, until: cancellation)
            } catch {
                guard error.code == .notFound else { throw error }
            }
            roots.remove(entry: id)
            // Without an entry no search finds the dataset.
            if let dataset = trees.home(of: id) { roots.open(dataset: dataset) }
            trees.removed(id)
        case .object(let id, _):
            throw StoreError(
                .unsupported,
                "the objects of entry \(id) lie elsewhere and are only shown here",
                remedy: "Remove the entry on the platform."
            )
        }
    }

    private func removeDataset(_ id: String, until cancellation: Cancellation) throws(StoreError) {
        let tree = try trees.current(id, until: cancellation)
        let holds = tree.records.contains { $0.isShown } || tree.damaged > 0
        guard !holds else { throw Self.notEmpty("dataset \(id)") }
        guard !isUploading(tree.records) else { throw Self.uploading("dataset \(id)") }
        try client.delete(dataset: id, until: cancellation)
    }

    private func removeEntry(_ id: String, _ version: Version?, until cancellation: Cancellation) throws(StoreError) {
        let answer = try client.entry(id, until: cancellation)
        let shape = try shape(of: answer)
        switch shape {
        case .objects: throw Self.notEmpty("entry \(id)")
        case .directory: try requireEmpty(answer.entry, until: cancellation)
        case .text, .object, .reference:
            if let version { try require(version, of: answer, shape, until: cancellation) }
        case .link: break
        }
        try client.delete(entry: id, until: cancellation)
        if shape == .object, answer.generation > 0 || answer.version > 0 {
            removeSources(of: answer.entry, until: cancellation)
        }
    }

    private func requireEmpty(_ entry: Edison.EntryRecord, until cancellation: Cancellation) throws(StoreError) {
        let records: [Edison.EntryRecord]
        if let dataset = entry.datasetID {
            let tree = try trees.current(dataset, until: cancellation)
            records = tree.records.filter { $0.parentID == entry.id }
            if let index = tree.index(of: entry.id), tree.hasChildren(index) {
                throw Self.notEmpty("entry \(entry.id)")
            }
        } else {
            guard options.searches else { return }
            let criteria = [Edison.Criterion.equals("parent_id", entry.id)]
            records = try client.search(criteria, limit: 10, offset: 0, until: cancellation).records
        }
        guard !records.contains(where: \.isShown) else { throw Self.notEmpty("entry \(entry.id)") }
        guard !isUploading(records) else { throw Self.uploading("entry \(entry.id)") }
    }

    /// Something is on its way there; what has been pending for an hour was given up.
    private func isUploading(_ records: [Edison.EntryRecord]) -> Bool {
        let limit = time.wallNanoseconds() - 3_600_000_000_000
        return records.contains { record in
            record.status == "pending" && !record.isShown && record.created.map { $0.nanoseconds > limit } ?? true
        }
    }

    /// - Throws: `.conflict` when the content is in another state than the one named.
    func require(
        _ version: Version,
        of answer: Edison.EntryAnswer,
        _ shape: Edison.Shape,
        until cancellation: Cancellation
    ) throws(StoreError) {
        let isSame: Bool
        if let told = Edison.EntryVersion(version), let revision = told.revision, told.etagDigest == nil {
            isSame = answer.shownRevision == revision
        } else {
            isSame = try entryNode(answer, until: cancellation).version == version
        }
        guard isSame else {
            throw StoreError(
                .conflict,
                "somebody else has changed entry \(answer.entry.id) meanwhile",
                remedy: "Look at what is there now."
            )
        }
    }

    private static func notEmpty(_ what: String) -> StoreError {
        StoreError(.conflict, "\(what) is not empty", remedy: "Remove what is in it first.")
    }

    private static func uploading(_ what: String) -> StoreError {
        StoreError(
            .conflict,
            "something is being uploaded to \(what)",
            remedy: "Wait for it; an upload that was given up counts no more after an hour."
        )
    }

    /// The entries that brought newer contents of a file go with it; what is left of them is not shown.
    private func removeSources(of entry: Edison.EntryRecord, until cancellation: Cancellation) {
        guard let dataset = entry.datasetID, let tree = try? trees.recent(dataset, until: cancellation) else { return }
        for record in tree.records where record.isSource(of: entry.id) {
            try? client.delete(entry: record.id, until: cancellation)
        }
    }
}
