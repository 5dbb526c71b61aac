extension Edison {
    /// The forms of an id: a UUID, a short alias, either behind `data_entry:`.
    enum Identifier {
        /// The id in the form that the API's paths take, nil when the text is none.
        ///
        /// The platform's ids are UUIDs; others are taken as well as long as they need no escape in a URL path.
        static func checked(_ text: String) -> String? {
            if isUUID(text) { return text.utf8.contains { (0x41...0x46).contains($0) } ? text.lowercased() : text }
            guard !text.isEmpty, text.utf8.count <= 128, text != ".", text != "..", text.utf8.allSatisfy(isPlain) else {
                return nil
            }
            return text
        }

        static func isUUID(_ text: String) -> Bool {
            guard text.utf8.count == 36 else { return false }
            for (index, byte) in text.utf8.enumerated() {
                switch index {
                case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
                default: if hexValue(byte) == nil { return false }
                }
            }
            return true
        }

        /// The text without the scheme that other parts of the platform put before an entry's id.
        static func withoutScheme(_ text: String) -> String {
            let scheme = "data_entry:"
            return text.hasPrefix(scheme) ? String(text.dropFirst(scheme.count)) : text
        }

        /// What may be the short alias of an entry: worth one question.
        static func mayBeAlias(_ text: String) -> Bool {
            (3...64).contains(text.utf8.count) && text.utf8.allSatisfy { isPlain($0) && $0 != UInt8(ascii: ".") }
        }

        /// The unreserved characters of RFC 3986.
        private static func isPlain(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                true
            default: false
            }
        }
    }
}

extension Edison.Identifier {
    /// A new random UUID (RFC 9562, version 4).
    static func make() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Edison.Hexadecimal.text(bytes)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
