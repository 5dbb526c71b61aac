internal import Yams

/// What a scalar stands for under the core schema of YAML 1.2 (section 10.3.2).
enum YAMLScalar {
    static func content(of scalar: Node.Scalar, at position: Position) throws(Refusal) -> PlacedValue.Content {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else { return .text(text) }
        switch scalar.tag.description {
        case Tag.Name.str.rawValue, "!": return .text(text)
        default: break
        }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN":
            throw Refusal("“\(text)” is no number that a store could keep: put it in quotes", at: position)
        default: return number(text).map { .number($0) } ?? .text(text)
        }
    }

    /// The number that plain text stands for, as JSON writes it; nil when it is none.
    static func number(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        if isJSON(bytes) { return text }
        if bytes.starts(with: "0o".utf8) { return based(bytes.dropFirst(2), radix: 8) }
        if bytes.starts(with: "0x".utf8) { return based(bytes.dropFirst(2), radix: 16) }
        var rest = bytes[...]
        var sign = ""
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? "-" : ""
            rest.removeFirst()
        }
        let whole = digits(&rest)
        var fraction = ""
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = digits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        guard let exponent = exponent(&rest), rest.isEmpty else { return nil }
        let significant = String(whole.drop { $0 == "0" })
        return sign + (significant.isEmpty ? "0" : significant) + (fraction.isEmpty ? "" : "." + fraction) + exponent
    }

    private static func isJSON(_ bytes: [UInt8]) -> Bool {
        var reader = JSONReader(bytes)
        return (try? reader.number()) != nil && reader.index == bytes.count
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> String {
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        rest = rest.dropFirst(digits.count)
        return String(decoding: digits, as: UTF8.self)
    }

    /// Empty where there is none, nil where it has no digits.
    private static func exponent(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let letter = rest.first, letter == UInt8(ascii: "e") || letter == UInt8(ascii: "E") else { return "" }
        rest.removeFirst()
        var sign = ""
        if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            sign = first == UInt8(ascii: "-") ? "-" : ""
            rest.removeFirst()
        }
        let digits = digits(&rest)
        return digits.isEmpty ? nil : "e" + sign + digits
    }

    /// A number too large for 64 bits stays a text: rounding it would change an identifier.
    private static func based(_ digits: ArraySlice<UInt8>, radix: Int) -> String? {
        guard let first = digits.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+") else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self), radix: radix).map { String($0) }
    }
}
