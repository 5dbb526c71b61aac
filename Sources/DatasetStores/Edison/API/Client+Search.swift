internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// One condition of a search.
    struct Criterion: Sendable, Equatable {
        var field: String
        var operation: String
        var value: JSON

        static func equals(_ field: String, _ value: String) -> Criterion {
            Criterion(field: field, operation: "equals", value: .string(value))
        }

        /// Both ends belong to it.
        static func between(_ field: String, _ low: String, _ high: String) -> Criterion {
            Criterion(field: field, operation: "between", value: .array([.string(low), .string(high)]))
        }

        fileprivate var json: JSON {
            .object([
                JSON.Member("field", .string(field)), JSON.Member("operator", .string(operation)),
                JSON.Member("value", value),
            ])
        }
    }
}

extension Edison.Client {
    /// `POST /v0.1/data-storage/search`, all criteria at once.
    ///
    /// Hits are flat entry objects; they may lack members, belong to others, or be deleted already.
    @available(*, noasync, message: "this waits for the network")
    func search(_ criteria: [Edison.Criterion], limit: Int, offset: Int, until cancellation: Cancellation)
        throws(StoreError) -> [Edison.EntryRecord]
    {
        let body = Edison.JSON.object([
            Edison.JSON.Member("criteria", .array(criteria.map(\.json))),
            Edison.JSON.Member("limit", .number(String(limit))),
            Edison.JSON.Member("offset", .number(String(offset))),
            Edison.JSON.Member("filter_logic", .string("AND")),
        ])
        let call = Edison.Call(
            method: .post,
            path: "\(Edison.Call.storage)/search",
            body: body,
            title: "the search",
            isIdempotent: true
        )
        do throws(StoreError) {
            return try hits(of: call, until: cancellation)
        } catch {
            // What is missing then is the search, and nothing that could be searched for.
            guard error.code == .notFound else { throw error }
            var missing = error
            missing.code = .unsupported
            throw missing
        }
    }

    private func hits(of call: Edison.Call, until cancellation: Cancellation) throws(StoreError) -> [Edison.EntryRecord]
    {
        try answer(call, until: cancellation) { json throws(Edison.Malformed) in
            guard let hits = json.asArray else { throw Edison.Malformed("it is no list") }
            var records: [Edison.EntryRecord] = []
            records.reserveCapacity(hits.count)
            for hit in hits { records.append(try Edison.EntryRecord(hit)) }
            return records
        }
    }
}
