extension Edison {
    /// A JSON value (RFC 8259) as the platform sent it: numbers keep their text, objects the order of their members.
    enum JSON: Sendable, Equatable {
        case null
        case bool(Bool)
        case number(String)
        case string(String)
        case array([JSON])
        case object([Member])

        struct Member: Sendable, Equatable {
            var name: String
            var value: JSON

            init(_ name: String, _ value: JSON) {
                self.name = name
                self.value = value
            }
        }
    }

    /// What came is not what the platform's API promises: no JSON, or a value of the wrong type.
    struct Malformed: Error, Equatable {
        /// Completes the sentence "the answer is damaged: …".
        var reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }
}

extension Edison.JSON {
    /// The member of that name, the last one if it stands there twice; nil when there is none or it is null.
    subscript(name: String) -> Edison.JSON? {
        guard case .object(let members) = self, let member = members.last(where: { $0.name == name }) else {
            return nil
        }
        if case .null = member.value { return nil }
        return member.value
    }

    /// The member is there, be it null.
    func has(_ name: String) -> Bool {
        guard case .object(let members) = self else { return false }
        return members.contains { $0.name == name }
    }

    var asString: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// A whole number; one written as `3.0` or `3e2` is one as well.
    var asInteger: Int? {
        guard case .number(let text) = self else { return nil }
        return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
    }

    var asDouble: Double? {
        if case .number(let text) = self { Double(text) } else { nil }
    }

    var asBool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    var asArray: [Edison.JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    var asObject: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The text of an optional member.
    ///
    /// - Throws: `Malformed` when it is there and no string.
    func string(_ name: String) throws(Edison.Malformed) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.asString else { throw Edison.Malformed("“\(name)” is no string") }
        return text
    }

    /// - Throws: `Malformed` when it is there and no whole number.
    func integer(_ name: String) throws(Edison.Malformed) -> Int? {
        guard let value = self[name] else { return nil }
        guard let number = value.asInteger else { throw Edison.Malformed("“\(name)” is no whole number") }
        return number
    }

    /// - Throws: `Malformed` when it is there and neither true nor false.
    func bool(_ name: String) throws(Edison.Malformed) -> Bool? {
        guard let value = self[name] else { return nil }
        guard let flag = value.asBool else { throw Edison.Malformed("“\(name)” is neither true nor false") }
        return flag
    }

    /// - Throws: `Malformed` when it is there and no list.
    func array(_ name: String) throws(Edison.Malformed) -> [Edison.JSON]? {
        guard let value = self[name] else { return nil }
        guard let elements = value.asArray else { throw Edison.Malformed("“\(name)” is no list") }
        return elements
    }

    /// An optional id: what is no id in form must not become part of a URL path.
    ///
    /// - Throws: `Malformed` when it is there and not in the form of an id.
    func identifier(_ name: String) throws(Edison.Malformed) -> String? {
        guard let text = try string(name) else { return nil }
        guard let id = Edison.Identifier.checked(text) else { throw Edison.Malformed("“\(name)” is no id") }
        return id
    }
}
