/// A JSON document whose objects keep the order of their members, so that answers read the same every time.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case int(Int)
    case double(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])
    /// JSON text that was serialised before, written into an answer as it is.
    case raw(String)

    struct Member: Sendable, Equatable {
        var key: String
        var value: JSONValue
    }

    static func optional(_ text: String?) -> JSONValue {
        text.map { .string($0) } ?? .null
    }

    static func optionalRaw(_ json: String?) -> JSONValue {
        json.map { .raw($0) } ?? .null
    }
}

extension JSONValue {
    /// The order of an object's members does not count.
    static func == (a: JSONValue, b: JSONValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.int(let a), .int(let b)): a == b
        case (.double(let a), .double(let b)): a == b
        case (.string(let a), .string(let b)), (.raw(let a), .raw(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a.sorted { $0.key < $1.key } == b.sorted { $0.key < $1.key }
        default: false
        }
    }

    var isNull: Bool { self == .null }

    var stringValue: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var intValue: Int? {
        switch self {
        case .int(let number): number
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }

    var doubleValue: Double? {
        switch self {
        case .int(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    var boolValue: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    var arrayValue: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The member of that name; nil when this is no object or has none.
    subscript(key: String) -> JSONValue? {
        members?.last { $0.key == key }?.value
    }

    /// This object with the members of `other` put over its own.
    func overlaid(with other: JSONValue) -> JSONValue {
        guard var result = members, let additions = other.members else { return self }
        for addition in additions {
            if let index = result.firstIndex(where: { $0.key == addition.key }) {
                result[index].value = addition.value
            } else {
                result.append(addition)
            }
        }
        return .object(result)
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .int(value) }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(nilLiteral: ()) { self = .null }
    init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }
}
