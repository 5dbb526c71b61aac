extension Edison.JSON {
    /// Reads one JSON document and nothing after it.
    ///
    /// - Throws: `Malformed` for anything that RFC 8259 does not allow, and for nesting beyond 128 levels.
    static func parse(_ bytes: [UInt8]) throws(Edison.Malformed) -> Edison.JSON {
        var parser = Parser(bytes: bytes)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.index == bytes.count else { throw parser.malformed("something follows the document") }
        return value
    }

    fileprivate struct Parser {
        let bytes: [UInt8]
        var index = 0

        static let maximalDepth = 128

        var next: UInt8? { index < bytes.count ? bytes[index] : nil }

        func malformed(_ what: String) -> Edison.Malformed {
            Edison.Malformed("it is no JSON, \(what) at byte \(index)")
        }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
        }

        mutating func take(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            index += 1
            return true
        }

        mutating func expect(_ byte: UInt8) throws(Edison.Malformed) {
            skipSpace()
            guard take(byte) else { throw malformed("no “\(Unicode.Scalar(byte))”") }
        }

        mutating func value(depth: Int) throws(Edison.Malformed) -> Edison.JSON {
            guard depth < Self.maximalDepth else { throw malformed("too deeply nested") }
            skipSpace()
            switch next {
            case UInt8(ascii: "{"): return try object(depth: depth)
            case UInt8(ascii: "["): return try array(depth: depth)
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): return try word("true", .bool(true))
            case UInt8(ascii: "f"): return try word("false", .bool(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            case nil: throw malformed("the end came too early")
            default: return try number()
            }
        }

        mutating func word(_ word: StaticString, _ value: Edison.JSON) throws(Edison.Malformed) -> Edison.JSON {
            let text = "\(word)".utf8
            guard bytes[index...].starts(with: text) else { throw malformed("an unknown word") }
            index += text.count
            return value
        }

        mutating func object(depth: Int) throws(Edison.Malformed) -> Edison.JSON {
            index += 1
            var members: [Member] = []
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            // As many as an entry has.
            members.reserveCapacity(20)
            while true {
                skipSpace()
                guard next == UInt8(ascii: "\"") else { throw malformed("no member name") }
                let name = try string()
                try expect(UInt8(ascii: ":"))
                members.append(Member(name, try value(depth: depth + 1)))
                skipSpace()
                if take(UInt8(ascii: ",")) { continue }
                try expect(UInt8(ascii: "}"))
                return .object(members)
            }
        }

        mutating func array(depth: Int) throws(Edison.Malformed) -> Edison.JSON {
            index += 1
            var elements: [Edison.JSON] = []
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            while true {
                elements.append(try value(depth: depth + 1))
                skipSpace()
                if take(UInt8(ascii: ",")) { continue }
                try expect(UInt8(ascii: "]"))
                return .array(elements)
            }
        }

        mutating func number() throws(Edison.Malformed) -> Edison.JSON {
            let start = index
            _ = take(UInt8(ascii: "-"))
            let whole = digits()
            guard whole > 0, whole == 1 || bytes[index - whole] != UInt8(ascii: "0") else {
                throw malformed("no value")
            }
            if take(UInt8(ascii: ".")), digits() == 0 { throw malformed("no digit after the point") }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
                if digits() == 0 { throw malformed("no digit in the exponent") }
            }
            return .number(String(decoding: bytes[start..<index], as: UTF8.self))
        }

        mutating func digits() -> Int {
            let start = index
            while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
            return index - start
        }
    }
}

extension Edison.JSON.Parser {
    fileprivate mutating func string() throws(Edison.Malformed) -> String {
        index += 1
        let start = index
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
        guard next != UInt8(ascii: "\\") else { return try escapedString(from: start) }
        let text = try checked(bytes[start..<index])
        guard take(UInt8(ascii: "\"")) else { throw malformed("a text does not end") }
        return text
    }

    private func checked(_ bytes: some Collection<UInt8>) throws(Edison.Malformed) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw malformed("no UTF-8") }
        return text
    }

    /// The slow way, from the first backslash on.
    private mutating func escapedString(from start: Int) throws(Edison.Malformed) -> String {
        var text = Array(bytes[start..<index])
        while true {
            let run = index
            while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
            text += bytes[run..<index]
            if take(UInt8(ascii: "\"")) { return try checked(text) }
            guard take(UInt8(ascii: "\\")), let escape = next else { throw malformed("a text does not end") }
            index += 1
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text += String(Character(try scalar())).utf8
            default: throw malformed("an unknown escape")
            }
        }
    }

    /// Half of a surrogate pair without its other half stands for nothing: it becomes U+FFFD.
    private mutating func scalar() throws(Edison.Malformed) -> Unicode.Scalar {
        let high = try unit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        let mark = index
        if UTF16.isLeadSurrogate(high), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try unit()
            if UTF16.isTrailSurrogate(low) {
                let value = 0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(low & 0x3FF))
                return Unicode.Scalar(value) ?? "\u{FFFD}"
            }
        }
        index = mark
        return "\u{FFFD}"
    }

    private mutating func unit() throws(Edison.Malformed) -> UInt16 {
        guard bytes.count - index >= 4 else { throw malformed("a text does not end") }
        var value: UInt16 = 0
        for byte in bytes[index..<(index + 4)] {
            guard let digit = Edison.hexValue(byte) else { throw malformed("no hexadecimal digit") }
            value = value << 4 | UInt16(digit)
        }
        index += 4
        return value
    }
}

extension Edison {
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
