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

        var json: JSON {
            .object([
                JSON.Member("field", .string(field)), JSON.Member("operator", .string(operation)),
                JSON.Member("value", value),
            ])
        }
    }
}

extension Edison {
    /// One page of what a search found.
    struct SearchPage: Sendable {
        var records: [EntryRecord] = []
        /// How well each of the records fits, in their order; nil where the platform does not tell.
        var scores: [Double?] = []
        /// Hits that cannot be read, each by its id or, without a readable one, by its text.
        var damaged: [String] = []

        /// Hits, readable or not.
        var count: Int { records.count + damaged.count }

        /// - Throws: `Malformed` when the answer is no list; one bad hit is no reason to hide the others.
        init(_ json: JSON) throws(Malformed) {
            guard let hits = json.asArray else { throw Malformed("it is no list") }
            records.reserveCapacity(hits.count)
            for hit in hits {
                do throws(Malformed) {
                    records.append(try EntryRecord(hit))
                    scores.append(hit["score"]?.asDouble)
                } catch {
                    damaged.append(String((hit["id"]?.asString ?? hit.text).prefix(256)))
                }
            }
        }
    }
}

extension Edison.Client {
    /// `POST /v0.1/data-storage/search`, all criteria at once.
    ///
    /// Hits are flat entry objects; they may lack members, belong to others, or be deleted already.
    @available(*, noasync, message: "this waits for the network")
    func search(_ criteria: [Edison.Criterion], limit: Int, offset: Int, until cancellation: Cancellation)
        throws(StoreError) -> Edison.SearchPage
    {
        try search(criteria, any: false, text: nil, limit: limit, offset: offset, until: cancellation)
    }

    /// The same with all that the platform's search takes.
    ///
    /// - Parameters:
    ///   - any: One criterion is enough.
    ///   - text: Words in names, descriptions and texts.
    @available(*, noasync, message: "this waits for the network")
    func search(
        _ criteria: [Edison.Criterion],
        any: Bool,
        text: String?,
        limit: Int,
        offset: Int,
        until cancellation: Cancellation
    ) throws(StoreError) -> Edison.SearchPage {
        var members = [
            Edison.JSON.Member("criteria", .array(criteria.map(\.json))),
            Edison.JSON.Member("limit", .number(String(limit))),
            Edison.JSON.Member("offset", .number(String(offset))),
            Edison.JSON.Member("filter_logic", .string(any ? "OR" : "AND")),
        ]
        if let text { members.append(Edison.JSON.Member("text_query", .string(text))) }
        let body = Edison.JSON.object(members)
        let call = Edison.Call(
            method: .post,
            path: "\(Edison.Call.storage)/search",
            body: body,
            title: "the search",
            isIdempotent: true
        )
        do throws(StoreError) {
            return try answer(call, until: cancellation, Edison.SearchPage.init)
        } catch {
            // What is missing then is the search, and nothing that could be searched for.
            guard error.code == .notFound else { throw error }
            var missing = error
            missing.code = .unsupported
            throw missing
        }
    }
}
