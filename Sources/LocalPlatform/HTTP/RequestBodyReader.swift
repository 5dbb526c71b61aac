import Hummingbird

/// The JSON object of a request, read member by member; everything that does not fit is collected and told at once.
struct BodyReader {
    let json: JSONValue
    private(set) var problems: [APIError.Problem] = []

    init(_ json: JSONValue) {
        self.json = json
    }

    /// Reads the whole body of a request as one JSON object.
    ///
    /// - Throws: `APIError` with status 422 when it is none.
    init(_ request: Request, upTo limit: Int = 256 << 20) async throws {
        let buffer = try await request.body.collect(upTo: limit)
        guard let json = JSONValue.parse(buffer.readableBytesView) else {
            throw APIError.validation("body", message: "JSON decode error", type: "json_invalid")
        }
        guard json.members != nil else {
            throw APIError.validation("body", message: "Input should be a valid dictionary", type: "dict_type")
        }
        self.init(json)
    }

    func has(_ key: String) -> Bool {
        value(key) != nil
    }

    /// The member's value; null counts as absent, as it does for the platform's optional fields.
    func value(_ key: String) -> JSONValue? {
        guard let value = json[key], !value.isNull else { return nil }
        return value
    }

    /// A string; one with a NUL character is refused, as a text column of the platform's database holds none.
    mutating func string(_ key: String) -> String? {
        let text = read(key, "Input should be a valid string", "string_type") { $0.stringValue }
        guard text?.utf8.contains(0) == true else { return text }
        problem(key, "String should not contain NUL characters", "string_null")
        return nil
    }

    /// A required, non-empty string; an empty one stands in for it when the body does not have it.
    mutating func requiredString(_ key: String) -> String {
        guard has(key) else {
            problem(key, "Field required", "missing")
            return ""
        }
        let text = string(key)
        if text?.isEmpty == true { problem(key, "String should have at least 1 character", "string_too_short") }
        return text ?? ""
    }

    mutating func bool(_ key: String) -> Bool? {
        read(key, "Input should be a valid boolean", "bool_type") { $0.boolValue }
    }

    mutating func int(_ key: String) -> Int? {
        read(key, "Input should be a valid integer", "int_type") { $0.intValue }
    }

    mutating func double(_ key: String) -> Double? {
        read(key, "Input should be a valid number", "float_type") { $0.doubleValue }
    }

    mutating func uuid(_ key: String) -> String? {
        read(key, "Input should be a valid UUID", "uuid_parsing") { $0.stringValue.flatMap(Identifier.normalized) }
    }

    mutating func object(_ key: String) -> JSONValue? {
        read(key, "Input should be a valid dictionary", "dict_type") { $0.members == nil ? nil : $0 }
    }

    mutating func array(_ key: String) -> [JSONValue]? {
        read(key, "Input should be a valid list", "list_type") { $0.arrayValue }
    }

    mutating func strings(_ key: String) -> [String]? {
        read(key, "Input should be a valid list of strings", "list_type") { value in
            guard let elements = value.arrayValue else { return nil }
            let strings = elements.compactMap(\.stringValue)
            return strings.count == elements.count ? strings : nil
        }
    }

    mutating func numbers(_ key: String) -> [Double]? {
        read(key, "Input should be a valid list of numbers", "list_type") { value in
            guard let elements = value.arrayValue else { return nil }
            let numbers = elements.compactMap(\.doubleValue)
            return numbers.count == elements.count ? numbers : nil
        }
    }

    mutating func problem(_ key: String, _ message: String, _ type: String = "value_error") {
        problems.append(APIError.Problem(location: ["body", key], message: message, type: type))
    }

    /// Ends the reading.
    ///
    /// - Throws: every problem found, with status 422.
    func check() throws(APIError) {
        if !problems.isEmpty { throw .validation(problems) }
    }

    private mutating func read<Value>(
        _ key: String,
        _ message: String,
        _ type: String,
        _ convert: (JSONValue) -> Value?
    ) -> Value? {
        guard let raw = value(key) else { return nil }
        guard let converted = convert(raw) else {
            problem(key, message, type)
            return nil
        }
        return converted
    }
}
