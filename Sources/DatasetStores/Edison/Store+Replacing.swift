package import DatasetModel
package import DatasetSync

extension Edison.Store {
    /// A new revision on top of the one that is replaced; who is late is refused by the platform itself.
    ///
    /// The bytes of a file come through a second entry, whose object the revision takes over. Whether the platform copies
    /// it or goes on using it there, it does not say: where it seems to use it, that entry stays, unseen (see
    /// ``Edison/EntryRecord/isShown``), as long as the file.
    package func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try cancellation.check(during: "replacing \(location)")
        guard case .entry(let id) = try Edison.Address(location) else {
            throw StoreError(.unsupported, "\(location) cannot be changed", remedy: "Write another file.")
        }
        let record = Edison.UploadRecord(ledger, time: time) { $0.target == id }
        let answer = try client.entry(id, until: cancellation)
        let shape = try shape(of: answer)
        guard shape == .text || shape == .object else {
            throw StoreError(.unsupported, "entry \(id) is no file whose content the platform keeps")
        }
        let name = Edison.FileName.of(answer.entry, shape)
        let payload = try Edison.Payload(content, named: name, until: cancellation)
        if try isPublished(payload, answer, shape, version, record, until: cancellation) {
            return try finish(answer, until: cancellation)
        }
        try record.update { note in
            note.target = id
            note.fingerprint = payload.fingerprint
            note.revision = note.revision ?? Edison.Identifier.make()
        }
        let revised = try publish(payload, over: answer, record, until: cancellation)
        return try finish(revised, until: cancellation)
    }

    /// Whether an earlier try got through with these bytes; if not, the note is ready for the revision to come.
    ///
    /// - Throws: `.conflict` when what is there is neither the version to replace nor of this replacement's own making.
    private func isPublished(
        _ payload: Edison.Payload,
        _ answer: Edison.EntryAnswer,
        _ shape: Edison.Shape,
        _ version: Version,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(StoreError) -> Bool {
        let note = record.note
        let isOurs = note.revision != nil && answer.shownRevision == note.revision
        let isSame = note.fingerprint == payload.fingerprint
        if isOurs, isSame { return true }
        let wasStored = isOurs ? true : try isStored(note, until: cancellation)
        do throws(StoreError) {
            if !isOurs { try require(version, of: answer, shape, until: cancellation) }
        } catch {
            // Somebody built on what an earlier try stored.
            if wasStored, isSame { return true }
            if !wasStored { try? discard(record, until: cancellation) }
            throw error
        }
        if wasStored || !isSame {
            if !wasStored { try discard(record, until: cancellation) }
            try record.beginAnew(time)
            record.change { $0.revision = nil }
        }
        return false
    }

    /// The revision of the note is in the entry's history.
    func isStored(_ note: Edison.UploadNote, until cancellation: Cancellation) throws(StoreError) -> Bool {
        guard let revision = note.revision, let target = note.target else { return false }
        do throws(StoreError) {
            return try client.entry(target, revision: revision, until: cancellation).shownRevision == revision
        } catch {
            guard error.code == .notFound || error.code == .invalid || error.code == .unsupported else { throw error }
            return false
        }
    }

    private func publish(
        _ payload: Edison.Payload,
        over answer: Edison.EntryAnswer,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(StoreError) -> Edison.EntryAnswer {
        if !record.note.isFile, let text = payload.text {
            do throws(StoreError) {
                let member = Edison.JSON.Member("content", .string(text))
                return try revise(answer, member, record, until: cancellation)
            } catch {
                guard error.code == .tooLarge || error.code == .invalid else { throw error }
                try record.update { $0.isFile = true }
            }
        }
        let source = try uploadSource(payload, for: answer.entry, record, until: cancellation)
        let member = Edison.JSON.Member("source_entry_id", .string(source.entry.id))
        let revised: Edison.EntryAnswer
        do throws(StoreError) {
            revised = try revise(answer, member, record, until: cancellation)
        } catch {
            // Nobody refers to what was uploaded.
            if error.code == .conflict || error.code == .notFound { try? discard(record, until: cancellation) }
            throw error
        }
        try settle(source.entry.id, of: revised, until: cancellation)
        return revised
    }

    /// `PATCH` with the new revision; repeated, it is the same revision.
    private func revise(
        _ answer: Edison.EntryAnswer,
        _ content: Edison.JSON.Member,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(StoreError) -> Edison.EntryAnswer {
        guard let revision = record.note.revision else { return answer }
        let members = Edison.revision(revision, over: answer) + [content]
        do throws(StoreError) {
            return try client.change(answer.entry.id, members, until: cancellation)
        } catch {
            guard error.code == .conflict, try isStored(record.note, until: cancellation) else {
                throw error
            }
            return try client.entry(answer.entry.id, until: cancellation)
        }
    }

    /// The entry that brings the new bytes; listings hide it by its tag.
    private func uploadSource(
        _ payload: Edison.Payload,
        for entry: Edison.EntryRecord,
        _ record: Edison.UploadRecord,
        until cancellation: Cancellation
    ) throws(StoreError) -> Edison.EntryAnswer {
        let place = Edison.Place(dataset: entry.datasetID)
        var draft = Edison.EntryDraft(form: .directory, name: entry.name, place: place)
        draft.filePath = entry.filePath ?? entry.name
        draft.isCollection = entry.isCollection
        draft.project = entry.projectID
        draft.tags = [Edison.EntryRecord.sourceTag(of: entry.id)]
        draft.description = "Holds a newer content of entry \(entry.id) and is to be kept as long as that one."
        return try uploadFile(draft, payload, record, until: cancellation)
    }

    /// Removes the entry that brought the bytes where the platform has copied them.
    private func settle(_ source: String, of revised: Edison.EntryAnswer, until cancellation: Cancellation)
        throws(StoreError)
    {
        func object(_ answer: Edison.EntryAnswer) -> Substring? {
            answer.locations.first(where: \.isObject)?.signedURL?.prefix { $0 != "?" }
        }
        guard let kept = object(revised), let own = (try? client.entry(source, until: cancellation)).flatMap(object),
            kept != own
        else { return }
        try? client.delete(entry: source, until: cancellation)
    }

    /// What the platform has now, told as ``node(at:until:)`` tells it.
    private func finish(
        _ answer: Edison.EntryAnswer,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        var answer = answer
        if let shown = answer.revisionID, let current = answer.currentRevisionID, shown != current {
            answer = try client.entry(answer.entry.id, until: cancellation)
        }
        urls.forget(answer.entry.id)
        let node = try entryNode(answer, until: cancellation)
        trees.wrote(answer.entry)
        return node
    }
}

extension Edison.EntryRecord {
    /// Marks an entry that only brings the content of another.
    static func sourceTag(of id: String) -> String { "\(sourceMark):\(id)" }

    private static let sourceMark = "datasetfs-source"

    var isSource: Bool { tags.contains { $0.hasPrefix(Self.sourceMark) } }

    func isSource(of id: String) -> Bool { tags.contains(Self.sourceTag(of: id)) }
}
