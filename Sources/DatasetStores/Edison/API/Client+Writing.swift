internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison.Client {
    /// `POST /v0.1/data-storage/data-entries`: sending it twice makes two entries.
    @available(*, noasync, message: "this waits for the network")
    func create(_ body: Edison.JSON, named name: String, until cancellation: Cancellation)
        throws(StoreError) -> Edison.EntryAnswer
    {
        let call = Edison.Call(
            method: .post,
            path: "\(Edison.Call.storage)/data-entries",
            body: body,
            title: "POST entry “\(Edison.Detail.printable(name, limit: 80))”",
            isIdempotent: false
        )
        return try answer(call, until: cancellation, Edison.EntryAnswer.init)
    }

    /// `PATCH /v0.1/data-storage/data-entries/{id}`: every body that is sent here may be repeated.
    @available(*, noasync, message: "this waits for the network")
    func change(_ id: String, _ members: [Edison.JSON.Member], until cancellation: Cancellation)
        throws(StoreError) -> Edison.EntryAnswer
    {
        let call = Edison.Call(
            method: .patch,
            path: "\(Edison.Call.storage)/data-entries/\(id)",
            body: .object(members),
            title: "PATCH entry \(id)",
            isIdempotent: true
        )
        return try answer(call, until: cancellation) { json throws(Edison.Malformed) in
            let answer = try Edison.EntryAnswer(json)
            guard answer.entry.id == id else { throw Edison.Malformed("it is about another entry") }
            return answer
        }
    }

    /// `DELETE /v0.1/data-storage/data-entries/{id}`: what is gone already is no failure.
    @available(*, noasync, message: "this waits for the network")
    func delete(entry id: String, until cancellation: Cancellation) throws(StoreError) {
        try delete("data-entries/\(id)", title: "DELETE entry \(id)", until: cancellation)
    }

    /// `DELETE /v0.1/data-storage/datasets/{id}`, with all that is in it.
    @available(*, noasync, message: "this waits for the network")
    func delete(dataset id: String, until cancellation: Cancellation) throws(StoreError) {
        try delete("datasets/\(id)", title: "DELETE dataset \(id)", until: cancellation)
    }

    private func delete(_ path: String, title: String, until cancellation: Cancellation) throws(StoreError) {
        let call = Edison.Call(
            method: .delete,
            path: "\(Edison.Call.storage)/\(path)",
            title: title,
            isIdempotent: true
        )
        do throws(StoreError) {
            _ = try send(call, until: cancellation)
        } catch {
            guard error.code == .notFound else { throw error }
        }
    }

    /// `POST /v0.1/data-storage/datasets` with an id of one's own, so that a repeated request makes no second one.
    @available(*, noasync, message: "this waits for the network")
    func createDataset(_ id: String, named name: String, description: String?, until cancellation: Cancellation)
        throws(StoreError) -> Edison.DatasetRecord
    {
        var members = [Edison.JSON.Member("name", .string(name)), Edison.JSON.Member("id", .string(id))]
        if let description { members.append(Edison.JSON.Member("description", .string(description))) }
        let call = Edison.Call(
            method: .post,
            path: "\(Edison.Call.storage)/datasets",
            body: .object(members),
            title: "POST dataset “\(Edison.Detail.printable(name, limit: 80))”",
            isIdempotent: false
        )
        return try answer(call, until: cancellation) { json throws(Edison.Malformed) in
            // A newer platform may answer as it does to the question about a dataset.
            try Edison.DatasetRecord(json["dataset"] ?? json)
        }
    }

    /// The upload mark in the history of an entry, for platforms that do not show it beside the entry.
    @available(*, noasync, message: "this waits for the network")
    func markerInHistory(of id: String, until cancellation: Cancellation) throws(StoreError) -> String? {
        let call = Edison.Call(
            method: .get,
            path: "\(Edison.Call.storage)/data-entries/\(id)/revisions",
            query: [(name: "limit", value: "100"), (name: "offset", value: "0")],
            title: "GET revisions of entry \(id)",
            isIdempotent: true
        )
        do throws(StoreError) {
            return try answer(call, until: cancellation) { json throws(Edison.Malformed) in
                try json.array("revisions")?.lazy.compactMap {
                    $0["snapshot"]?["metadata"]?[Edison.EntryDraft.markerName]?.asString
                }.first
            }
        } catch {
            // Older platforms have no history.
            guard error.code == .unsupported || error.code == .notFound || error.code == .invalid else { throw error }
            return nil
        }
    }
}
