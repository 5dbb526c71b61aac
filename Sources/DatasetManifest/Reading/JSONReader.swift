/// Reads JSON (RFC 8259) into values that know where they stand.
///
/// Numbers keep their text, and a name that stands twice is kept twice: the reader of the values refuses it with its path.
struct JSONReader {
    let bytes: [UInt8]
    var index = 0
    private var count = 0

    /// A directory takes two levels, its own and that of `entries`; the recursion of this many fits a stack of 512 KiB.
    static let maximalDepth = 512
    /// Bounds the memory that a text of nothing but brackets takes.
    static let maximalCount = 1_000_000

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// One value and nothing after it.
    mutating func document() throws(Refusal) -> PlacedValue {
        let value = try self.value(depth: 1)
        skipSpace()
        guard index == bytes.count else { throw refusal("something follows the end of the document") }
        return value
    }

    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    func refusal(_ problem: String) -> Refusal {
        Refusal(problem, at: .offset(index))
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        index += 1
        return true
    }

    /// - Throws: a refusal that names what stands there instead.
    mutating func expect(_ byte: UInt8) throws(Refusal) {
        skipSpace()
        guard take(byte) else { throw refusal("expected “\(Unicode.Scalar(byte))”, found \(whatIsNext)") }
    }

    /// Completes the sentence "expected a value, found …".
    var whatIsNext: String {
        guard let next else { return "the end" }
        guard (0x21...0x7E).contains(next) else { return "the byte 0x\(String(next, radix: 16))" }
        return "“\(Unicode.Scalar(next))”"
    }

    private mutating func value(depth: Int) throws(Refusal) -> PlacedValue {
        skipSpace()
        guard depth <= Self.maximalDepth else {
            throw refusal("it is nested more than \(Self.maximalDepth) levels deep")
        }
        count += 1
        guard count <= Self.maximalCount else { throw refusal("it holds more than \(Self.maximalCount) values") }
        let start = Position.offset(index)
        return PlacedValue(content: try content(depth: depth), position: start)
    }

    private mutating func content(depth: Int) throws(Refusal) -> PlacedValue.Content {
        switch next {
        case UInt8(ascii: "{"): return .mapping(try members(depth: depth))
        case UInt8(ascii: "["): return .list(try elements(depth: depth))
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(
        _ word: StaticString,
        _ content: PlacedValue.Content
    ) throws(Refusal) -> PlacedValue.Content {
        let text = "\(word)".utf8
        guard bytes[index...].starts(with: text) else { throw refusal("expected a value, found an unknown word") }
        index += text.count
        return content
    }

    private mutating func members(depth: Int) throws(Refusal) -> [PlacedMember] {
        index += 1
        var members: [PlacedMember] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else {
                throw refusal("expected a name in double quotes, found \(whatIsNext)")
            }
            let start = Position.offset(index)
            let name = try text()
            try expect(UInt8(ascii: ":"))
            members.append(PlacedMember(name: name, position: start, value: try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw refusal("expected “,” or “}”, found \(whatIsNext)") }
            return members
        }
    }

    private mutating func elements(depth: Int) throws(Refusal) -> [PlacedValue] {
        index += 1
        var elements: [PlacedValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw refusal("expected “,” or “]”, found \(whatIsNext)") }
            return elements
        }
    }
}
