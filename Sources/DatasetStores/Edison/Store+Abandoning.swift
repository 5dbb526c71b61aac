package import DatasetModel
package import DatasetSync

extension Edison.Store {
    package func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {
        guard let note = Edison.UploadNote(note), note.isSent else { return }
        let record = Edison.UploadRecord(AbandonedLedger(note: note.text), time: time) { _ in true }
        if note.target == nil, note.place == Edison.Place() {
            return try abandonDataset(note.entry ?? note.marker, until: cancellation)
        }
        // What brought the content of a revision that is there belongs to it.
        if try isStored(note, until: cancellation) { return }
        try discard(record, until: cancellation)
    }

    package func outcome(of note: String, at location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        guard let note = Edison.UploadNote(note), let revision = note.revision,
            case .entry(let id) = try Edison.Address(location), note.target == id
        else { return nil }
        do throws(StoreError) {
            let answer = try client.entry(id, until: cancellation)
            return answer.shownRevision == revision ? try entryNode(answer, until: cancellation) : nil
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    private func abandonDataset(_ id: String, until cancellation: Cancellation) throws(StoreError) {
        do throws(StoreError) {
            guard try client.dataset(id, until: cancellation).records.isEmpty else { return }
            try client.delete(dataset: id, until: cancellation)
        } catch {
            guard error.code == .notFound else { throw error }
        }
        roots.remove(dataset: id)
        trees.forget(id)
    }
}

/// The ledger of an upload that is not tried again.
private struct AbandonedLedger: UploadLedger {
    let note: String

    var lastNote: String? { note }
    func note(_ text: String) {}
    func progress(_ bytes: UInt64) {}
}
