internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Makes one dataset, under an id of one's own: what an earlier try made is found by it.
    struct DatasetMaker: Sendable {
        let client: Client
        let record: UploadRecord
        let cancellation: Cancellation

        private static let attempts = 3

        @available(*, noasync, message: "this waits for the network")
        func make(_ name: String, _ description: String?) throws(StoreError) -> DatasetRecord {
            let id = record.note.marker
            var attempt = 0
            while true {
                attempt += 1
                if record.note.isSent {
                    if let made = try known() { return made }
                } else {
                    try record.update { note in
                        note.isSent = true
                        note.name = name
                    }
                }
                do throws(StoreError) {
                    let made = try client.createDataset(
                        id,
                        named: name,
                        description: description,
                        until: cancellation
                    )
                    try record.update { $0.entry = made.id }
                    return made
                } catch {
                    let mayBeDone: Bool =
                        switch error.code {
                        case .reset, .timedOut, .serverFailure, .corrupt, .conflict: true
                        default: false
                        }
                    guard mayBeDone, attempt < Self.attempts,
                        client.pause.wait(.milliseconds(300 * attempt), cancellation)
                    else { throw error }
                }
            }
        }

        private func known() throws(StoreError) -> DatasetRecord? {
            do throws(StoreError) {
                return try client.datasetFacts(record.note.entry ?? record.note.marker, until: cancellation)
            } catch {
                guard error.code == .notFound else { throw error }
                return nil
            }
        }
    }
}
