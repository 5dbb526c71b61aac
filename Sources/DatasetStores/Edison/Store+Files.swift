internal import DatasetModel
internal import DatasetSync

extension Edison.Store {
    /// Pending entries begun in one call; each but the first because the older protocol could not be gone on with.
    private static let beginnings = 2

    func createFile(
        _ draft: Edison.EntryDraft,
        _ payload: Edison.Payload,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(StoreError) -> Edison.EntryAnswer {
        try begin(payload, record, until: cancellation)
        if !record.note.isFile, let text = payload.text {
            do throws(StoreError) {
                var draft = draft
                draft.form = .text(text)
                return try maker(record, until: cancellation).make(draft)
            } catch {
                // Nobody tells how long a text may be, or what else may not stand in one.
                guard error.code == .tooLarge || error.code == .invalid else { throw error }
                try record.beginAnew(time)
                try record.update { $0.isFile = true }
            }
        }
        return try uploadFile(draft, payload, record, until: cancellation)
    }

    /// Removes what an earlier try began with other bytes; nobody has been told of it.
    private func begin(
        _ payload: Edison.Payload,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(StoreError) {
        if let before = record.note.fingerprint, before != payload.fingerprint {
            try discard(record, until: cancellation)
            try record.beginAnew(time)
        }
        record.change { $0.fingerprint = payload.fingerprint }
    }

    /// Deletes the entry that the note is about, if there is one.
    func discard(_ record: Edison.UploadRecord, until cancellation: Cancellation) throws(StoreError) {
        let note = record.note
        guard note.isSent else { return }
        let found = note.entry == nil ? try maker(record, until: cancellation).findMarked()?.entry.id : note.entry
        guard let id = found else { return }
        try client.delete(entry: id, until: cancellation)
        trees.removed(id)
    }

    /// A pending entry, its content, and the word that it is complete.
    func uploadFile(
        _ draft: Edison.EntryDraft,
        _ payload: Edison.Payload,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(StoreError) -> Edison.EntryAnswer {
        var draft = draft
        draft.form = .file(size: payload.plan.size)
        var beginning = 0
        while true {
            beginning += 1
            let answer = try maker(record, until: cancellation).make(draft)
            guard answer.entry.status == "pending" else { return answer }
            do throws(Edison.UploadStop) {
                try upload(payload, to: answer.entry.id, record, until: cancellation)
            } catch {
                switch error {
                case .failed(let failure): throw failure
                case .ended(let failure):
                    guard beginning < Self.beginnings else { throw Self.refused(failure) }
                    try client.delete(entry: answer.entry.id, until: cancellation)
                    try record.beginAnew(time)
                    continue
                }
            }
            return try client.activate(answer.entry.id, until: cancellation)
        }
    }

    /// A pending entry that takes no upload is in nobody's way: it is no conflict.
    private static func refused(_ error: StoreError) -> StoreError {
        var refusal = error
        if error.code == .conflict || error.code == .notFound { refusal.code = .invalid }
        return refusal
    }

    private func upload(
        _ payload: Edison.Payload,
        to entry: String,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(Edison.UploadStop) {
        if record.note.session == nil {
            do throws(StoreError) {
                let multipart = Edison.MultipartUpload(
                    client: client,
                    crew: uploads,
                    record: record,
                    time: time,
                    cancellation: cancellation
                )
                return try multipart.send(payload, to: entry)
            } catch {
                if error.code == .notFound || error.code == .conflict { throw .ended(error) }
                guard error.code == .unsupported, record.note.uploadURL != nil else { throw .failed(error) }
            }
        }
        try Edison.ResumableUpload(client: client, record: record, time: time, cancellation: cancellation)
            .send(payload.content)
    }
}

extension Edison {
    /// What every request for a new revision holds: an id of one's own, so that it may be repeated, and what it is based
    /// on, so that nothing is overwritten unseen.
    static func revision(_ id: String, over answer: EntryAnswer) -> [JSON.Member] {
        var members = [JSON.Member("revision_id", .string(id)), JSON.Member("publish", .bool(true))]
        if let base = answer.currentRevisionID {
            members.append(JSON.Member("base_revision_id", .string(base)))
        }
        return members
    }
}
