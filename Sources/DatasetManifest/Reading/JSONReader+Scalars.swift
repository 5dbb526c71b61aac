extension JSONReader {
    /// A number as it is written.
    mutating func number() throws(Refusal) -> String {
        let start = index
        guard let first = next, first == UInt8(ascii: "-") || (0x30...0x39).contains(first) else {
            throw refusal("expected a value, found \(whatIsNext)")
        }
        _ = take(UInt8(ascii: "-"))
        let whole = skipDigits()
        guard whole > 0, whole == 1 || bytes[index - whole] != UInt8(ascii: "0") else {
            throw Refusal("a number has no digit or begins with 0", at: .offset(start))
        }
        if take(UInt8(ascii: ".")), skipDigits() == 0 { throw refusal("no digit follows the point of a number") }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if skipDigits() == 0 { throw refusal("the exponent of a number has no digit") }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func skipDigits() -> Int {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        return index - start
    }

    /// A text in double quotes. The document is known to be UTF-8.
    mutating func text() throws(Refusal) -> String {
        let opening = index
        index += 1
        let start = index
        skipPlain()
        if next == UInt8(ascii: "\"") {
            index += 1
            return String(decoding: bytes[start..<(index - 1)], as: UTF8.self)
        }
        var text = Array(bytes[start..<index])
        while true {
            guard let byte = next else { throw Refusal("a text does not end", at: .offset(opening)) }
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &text)
            default:
                index -= 1
                throw refusal("a text holds the control character 0x\(String(byte, radix: 16)): escape it")
            }
            let run = index
            skipPlain()
            text += bytes[run..<index]
        }
    }

    private mutating func skipPlain() {
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
    }

    private mutating func escape(into text: inout [UInt8]) throws(Refusal) {
        let start = index - 1
        guard let letter = next else { throw Refusal("a text does not end", at: .offset(start)) }
        index += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += String(Character(try scalar(from: start))).utf8
        default: throw Refusal("a text holds an unknown escape", at: .offset(start))
        }
    }

    /// Half of a surrogate pair stands for no character; a name or a description of such halves could not be stored.
    private mutating func scalar(from start: Int) throws(Refusal) -> Unicode.Scalar {
        let high = try unit()
        if let scalar = Unicode.Scalar(high) { return scalar }
        if UTF16.isLeadSurrogate(high), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try unit()
            let value = 0x10000 + (UInt32(high & 0x3FF) << 10 | UInt32(low & 0x3FF))
            if UTF16.isTrailSurrogate(low), let scalar = Unicode.Scalar(value) { return scalar }
        }
        throw Refusal("a text holds half of a surrogate pair", at: .offset(start))
    }

    private mutating func unit() throws(Refusal) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw refusal("expected a hexadecimal digit, found \(whatIsNext)")
            }
            value = value << 4 | UInt16(digit)
            index += 1
        }
        return value
    }
}
