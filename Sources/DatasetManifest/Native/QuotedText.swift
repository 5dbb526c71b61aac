extension [UInt8] {
    /// Appends text in double quotes so that JSON and YAML both read it back as it was.
    ///
    /// YAML 1.2 refuses unprintable characters that JSON lets stand; escaped they are the same to both.
    mutating func appendQuoted(_ text: String) {
        append(UInt8(ascii: "\""))
        var run = text.utf8.startIndex
        var index = run
        while index < text.utf8.endIndex {
            let byte = text.utf8[index]
            // Plain ASCII, and everything that no lead byte of an unprintable character begins.
            if byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte != 0x7F,
                byte != 0xC2, byte != 0xE2, byte != 0xEF
            {
                text.utf8.formIndex(after: &index)
                continue
            }
            self += text.utf8[run..<index]
            let scalar = text.unicodeScalars[index]
            appendEscaped(scalar)
            text.unicodeScalars.formIndex(after: &index)
            run = index
        }
        self += text.utf8[run...]
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": self += "\\\"".utf8
        case "\\": self += "\\\\".utf8
        case "\n": self += "\\n".utf8
        case "\r": self += "\\r".utf8
        case "\t": self += "\\t".utf8
        case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
            let digits = String(scalar.value, radix: 16)
            self += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
        default: self += String(Character(scalar)).utf8
        }
    }
}

extension String {
    /// The order of UTF-8 bytes, the same in every locale and for every form of normalisation.
    func precedesInBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

    /// The same bytes; `==` takes the composed and the decomposed form of a letter for equal.
    func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
