internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Makes one entry, however often the answer to the request is lost.
    ///
    /// The request is not idempotent and has no key that would make it so. Before it is sent again, the entries of that
    /// name are looked at for one that bears this upload's mark.
    struct EntryMaker: Sendable {
        let client: Client
        let record: UploadRecord
        let time: any TimeSource
        /// The account's id as it stands in entries, where it is known.
        let user: String?
        let cancellation: Cancellation

        private static let attempts = 3
        /// Entries of one name that are looked at, the latest first.
        private static let candidates = 32
        /// The platform's clock and this machine's may differ so much, nanoseconds.
        private static let clockSlack: Int64 = 300_000_000_000

        /// The entry that an earlier try left, else a new one.
        @available(*, noasync, message: "this waits for the network")
        func make(_ draft: EntryDraft) throws(StoreError) -> EntryAnswer {
            if let answer = try known() { return answer }
            var attempt = 0
            while true {
                attempt += 1
                if record.note.isSent {
                    if let answer = try find(draft) { return try took(answer) }
                } else {
                    try record.update { note in
                        note.isSent = true
                        note.place = draft.place
                        note.name = draft.name
                    }
                }
                do throws(StoreError) {
                    let body = draft.json(marker: record.note.marker)
                    let answer = try client.create(body, named: draft.name, until: cancellation)
                    return try took(answer)
                } catch {
                    guard Self.leavesOpen(error), attempt < Self.attempts,
                        client.pause.wait(.milliseconds(300 * attempt), cancellation)
                    else { throw error }
                }
            }
        }

        /// The entry that the note names, as it is now.
        ///
        /// - Returns: Nil when there is none, or one that nothing can become of; the note is ready for another then.
        private func known() throws(StoreError) -> EntryAnswer? {
            guard let id = record.note.entry else { return nil }
            do throws(StoreError) {
                let answer = try client.entry(id, until: cancellation)
                if answer.entry.status != "failed", answer.entry.status != "disabled" { return answer }
            } catch {
                guard error.code == .notFound else { throw error }
            }
            try record.beginAnew(time)
            return nil
        }

        private func took(_ answer: EntryAnswer) throws(StoreError) -> EntryAnswer {
            let url = answer.entry.status == "pending" ? answer.locations.first?.signedURL : nil
            try record.update { note in
                note.entry = answer.entry.id
                note.uploadURL = url
            }
            return answer
        }

        /// Whether the request may have been done although it failed.
        private static func leavesOpen(_ error: StoreError) -> Bool {
            switch error.code {
            case .reset, .timedOut, .serverFailure, .corrupt: true
            default: false
            }
        }

        // MARK: - What an earlier request made

        /// The entry of this upload's mark; where the platform shows no marks, the one that can be no other.
        func find(_ draft: EntryDraft) throws(StoreError) -> EntryAnswer? {
            let since = record.note.began - Self.clockSlack
            var likeness: EntryAnswer?
            for answer in try namesakes(draft.name, in: draft.place) {
                switch try marker(of: answer) {
                case record.note.marker?: return answer
                case .some: continue
                case nil:
                    let isRecent = answer.entry.created.map { $0.nanoseconds >= since } ?? false
                    if likeness == nil, isRecent, draft.resembles(answer) { likeness = answer }
                }
            }
            return likeness
        }

        /// The entry of this upload's mark and no other.
        func findMarked() throws(StoreError) -> EntryAnswer? {
            for answer in try namesakes(record.note.name, in: record.note.place) {
                if try marker(of: answer) == record.note.marker { return answer }
            }
            return nil
        }

        private func marker(of answer: EntryAnswer) throws(StoreError) -> String? {
            if let marker = answer.marker { return marker }
            return try client.markerInHistory(of: answer.entry.id, until: cancellation)
        }

        /// Entries of that name in that place that may be this account's, the latest first.
        private func namesakes(_ name: String, in place: Place) throws(StoreError) -> [EntryAnswer] {
            let records: [EntryRecord]
            if let dataset = place.dataset {
                records = try client.dataset(dataset, until: cancellation).records
            } else if let parent = place.parent {
                let criteria = [Criterion.equals("parent_id", parent)]
                records = try client.search(criteria, limit: 100, offset: 0, until: cancellation).records
            } else {
                records = []
            }
            let likely = records.filter { record in
                record.name.utf8.elementsEqual(name.utf8) && record.parentID == place.parent
                    && (user == nil || record.owner == nil || record.owner == user)
            }
            var answers: [EntryAnswer] = []
            for record in likely.sorted(by: { Tree.precedes($1, $0) }).prefix(Self.candidates) {
                do throws(StoreError) {
                    answers.append(try client.entry(record.id, until: cancellation))
                } catch {
                    guard error.code == .notFound else { throw error }
                }
            }
            return answers
        }
    }
}
