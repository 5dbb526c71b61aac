import Hummingbird

/// A whole search as it was asked for.
struct SearchRequest: Equatable {
    enum Logic: String {
        case and = "AND"
        case or = "OR"
    }

    var criteria: [Criterion] = []
    var limit = 10
    var offset = 0
    var logic = Logic.or
    var textQuery: String?
    var highlight: Highlight?

    struct Highlight: Equatable {
        var fields: [String]
        var size: Int
        var count: Int
    }

    init() {}

    /// - Parameter window: how deep paging reaches; beyond it the index refuses, as Elasticsearch does.
    /// - Throws: `APIError` 422 for what does not fit, 400 beyond the window.
    init(_ body: inout BodyReader, window: Int) throws(APIError) {
        for (index, json) in (body.array("criteria") ?? []).enumerated() {
            criteria.append(try Criterion(json, index: index))
        }
        limit = body.int("limit") ?? 10
        offset = body.int("offset") ?? 0
        textQuery = body.string("text_query").flatMap { $0.isEmpty ? nil : $0 }
        if let text = body.string("filter_logic") {
            guard let known = Logic(rawValue: text.uppercased()) else {
                throw .validation("body", "filter_logic", message: "Input should be 'AND' or 'OR'", type: "enum")
            }
            logic = known
        }
        if body.bool("highlight") == true {
            highlight = Highlight(
                fields: body.strings("highlight_fields") ?? ["name", "description", "content"],
                size: body.int("highlight_fragment_size") ?? 1000,
                count: body.int("highlight_num_fragments") ?? 3
            )
        }
        if !(1...1000).contains(limit) {
            body.problem("limit", "Input should be between 1 and 1000", "out_of_range")
        }
        if offset < 0 { body.problem("offset", "Input should be greater than or equal to 0", "greater_than_equal") }
        try body.check()
        guard offset + limit <= window else {
            throw .problem(
                .badRequest,
                "Result window is too large, offset + limit must be less than or equal to: [\(window)] but was "
                    + "[\(offset + limit)]"
            )
        }
    }

    /// How well a document fits all that is asked; nil when it does not.
    func score(_ document: SearchDocument) -> Double? {
        var total = 1.0
        if let textQuery {
            let weights = ["name": 3.0, "description": 2.0, "content": 1.0]
            let found = weights.compactMap { field, weight in
                document.values(of: field).compactMap { SearchText.score(textQuery, in: $0) }.max().map { $0 * weight }
            }
            guard !found.isEmpty else { return nil }
            total += found.reduce(0, +)
        }
        guard !criteria.isEmpty else { return total }
        let scores = criteria.map { $0.score(document) }
        let matched = scores.compactMap { $0 }
        guard logic == .or ? !matched.isEmpty : matched.count == scores.count else { return nil }
        return total + matched.reduce(0, +)
    }

    /// The `highlights` member of a hit.
    func highlights(_ document: SearchDocument) -> JSONValue? {
        guard let highlight else { return nil }
        var found: [JSONValue.Member] = []
        for field in highlight.fields {
            var terms = criteria.filter { $0.field == field }.flatMap(\.values)
            if let textQuery { terms += SearchText.tokens(textQuery).map(String.init) }
            let fragments = document.values(of: field).flatMap {
                SearchText.highlights(terms, in: $0, size: highlight.size, count: highlight.count)
            }
            if !fragments.isEmpty {
                found.append(.init(key: field, value: .array(fragments.map { .string($0) })))
            }
        }
        return .object(found)
    }
}
