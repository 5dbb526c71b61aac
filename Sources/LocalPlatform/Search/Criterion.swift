/// One condition of a search: a field, an operator, and what to compare with.
struct Criterion: Equatable {
    enum Operator: String, CaseIterable {
        case equals, contains, fulltext, between
        case startsWith = "starts_with"
        case endsWith = "ends_with"
        case greaterThan = "greater_than"
        case lessThan = "less_than"
        case oneOf = "in"
    }

    var field: String
    var comparison: Operator
    var values: [String]

    /// Reads one element of `criteria`.
    ///
    /// - Throws: `APIError` 422.
    init(_ json: JSONValue, index: Int) throws(APIError) {
        func refuse(_ key: String, _ message: String) -> APIError {
            .validation("body", "criteria", String(index), key, message: message)
        }
        guard let field = json["field"]?.stringValue, !field.isEmpty else { throw refuse("field", "Field required") }
        guard let comparison = json["operator"]?.stringValue.flatMap(Operator.init) else {
            let names = Operator.allCases.map(\.rawValue).joined(separator: ", ")
            throw refuse("operator", "Input should be one of \(names)")
        }
        self.field = field
        self.comparison = comparison
        switch json["value"] {
        case .string(let text): values = [text]
        case .bool(let flag): values = [String(flag)]
        case .int(let number): values = [String(number)]
        case .double(let number): values = [String(number)]
        case .array(let elements): values = elements.compactMap(\.stringValue)
        default: throw refuse("value", "Input should be a string, a list of strings or a boolean")
        }
        if comparison == .between, values.count != 2 { throw refuse("value", "between needs a list of two values") }
    }

    init(_ field: String, _ comparison: Operator, _ values: String...) {
        self.field = field
        self.comparison = comparison
        self.values = values
    }

    /// How well the document fits; nil when it does not.
    func score(_ document: SearchDocument) -> Double? {
        document.values(of: field).compactMap(score(value:)).max()
    }

    private func score(value: String) -> Double? {
        let folded = SearchText.folded(value)
        switch comparison {
        case .equals, .oneOf: return values.contains(value) ? 1 : nil
        case .contains: return values.contains { folded.contains(SearchText.folded($0)) } ? closeness(value) : nil
        case .startsWith: return values.contains { folded.hasPrefix(SearchText.folded($0)) } ? closeness(value) : nil
        case .endsWith: return values.contains { folded.hasSuffix(SearchText.folded($0)) } ? closeness(value) : nil
        case .fulltext: return values.compactMap { SearchText.score($0, in: value) }.max()
        case .greaterThan: return values.contains { Self.order($0, value) } ? 1 : nil
        case .lessThan: return values.contains { Self.order(value, $0) } ? 1 : nil
        case .between:
            guard values.count == 2 else { return nil }
            return !Self.order(value, values[0]) && !Self.order(values[1], value) ? 1 : nil
        }
    }

    /// Between one and two: the more of the value is what was looked for, the better.
    private func closeness(_ value: String) -> Double {
        1 + Double(values.map(\.count).max() ?? 0) / Double(max(1, value.count))
    }

    /// Whether `a` stands before `b`: as moments, as numbers, or as texts, whichever both of them are.
    static func order(_ a: String, _ b: String) -> Bool {
        if let a = Double(a), let b = Double(b) { return a < b }
        if a.utf8.count != b.utf8.count || !a.hasSuffix("Z"), let a = Timestamp.parse(a), let b = Timestamp.parse(b) {
            return a < b
        }
        return a < b
    }
}
