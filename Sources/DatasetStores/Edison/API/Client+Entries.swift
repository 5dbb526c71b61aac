internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison.Client {
    /// `GET /v0.1/data-storage/data-entries/{id or alias}[?revision_id=…|?version=…]`
    ///
    /// Each call mints fresh signed URLs.
    ///
    /// - Throws: `.notFound` when there is no such entry, or none that this account may see.
    @available(*, noasync, message: "this waits for the network")
    func entry(_ id: String, revision: String? = nil, number: Int? = nil, until cancellation: Cancellation)
        throws(StoreError) -> Edison.EntryAnswer
    {
        var query = revision.map { [(name: "revision_id", value: $0)] } ?? []
        if let number { query.append((name: "version", value: String(number))) }
        let call = Edison.Call(
            method: .get,
            path: "\(Edison.Call.storage)/data-entries/\(id)",
            query: query,
            title: "GET entry \(id)",
            isIdempotent: true
        )
        return try answer(call, until: cancellation) { json throws(Edison.Malformed) in
            let answer = try Edison.EntryAnswer(json)
            guard !Edison.Identifier.isUUID(id) || answer.entry.id == id else {
                throw Edison.Malformed("it is about another entry")
            }
            return answer
        }
    }
}
