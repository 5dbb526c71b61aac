extension Gufe {
    /// A file name's bytes as text that survives JSON and SQLite, and back: a bijection on names.
    ///
    /// A name that is valid UTF-8 stands as it is. In one that is not, each byte that is no part of valid UTF-8 becomes
    /// `%80`…`%FF`. A valid name that would itself read as such an escape (`%FF`, but not `%C3%A4`, which decodes to
    /// valid text and so cannot be one) has the `%` in question written `%25`, and so has a `%` in an escaped name.
    enum PathEscape {
        static func text(of bytes: [UInt8]) -> String {
            String(decoding: needsEscape(bytes) ? escaped(bytes) : bytes, as: UTF8.self)
        }

        static func bytes(of text: String) -> [UInt8] {
            let bytes = Array(text.utf8)
            return isEscape(bytes) ? unescaped(bytes) : bytes
        }

        private static func needsEscape(_ name: [UInt8]) -> Bool {
            String(validating: name, as: UTF8.self) == nil || isEscape(name)
        }

        /// Only what ``text(of:)`` would have written itself is an escape. Ends, because unescaping shortens.
        private static func isEscape(_ text: [UInt8]) -> Bool {
            guard text.contains(percent) else { return false }
            let name = unescaped(text)
            return name.count < text.count && needsEscape(name) && escaped(name) == text
        }

        private static let percent = UInt8(ascii: "%")

        private static func escaped(_ name: [UInt8]) -> [UInt8] {
            var text: [UInt8] = []
            var index = 0
            while index < name.count {
                let length = scalarLength(in: name, at: index)
                if length == 0 {
                    text += [percent, hexDigit(name[index] >> 4), hexDigit(name[index] & 15)]
                    index += 1
                } else if name[index] == percent, escapedByte(in: name, at: index) != nil {
                    text += [percent, UInt8(ascii: "2"), UInt8(ascii: "5")]
                    index += 1
                } else {
                    text += name[index..<(index + length)]
                    index += length
                }
            }
            return text
        }

        private static func unescaped(_ text: [UInt8]) -> [UInt8] {
            var name: [UInt8] = []
            var index = 0
            while index < text.count {
                if let byte = escapedByte(in: text, at: index) {
                    name.append(byte)
                    index += 3
                } else {
                    name.append(text[index])
                    index += 1
                }
            }
            return name
        }

        /// The byte that `%25` or `%80`…`%FF` (upper case) at `index` stands for, nil where there is none.
        private static func escapedByte(in text: [UInt8], at index: Int) -> UInt8? {
            guard text[index] == percent, index + 2 < text.count,
                let high = value(ofHexDigit: text[index + 1]), let low = value(ofHexDigit: text[index + 2])
            else { return nil }
            let byte = high << 4 | low
            return byte >= 0x80 || byte == percent ? byte : nil
        }

        /// How many bytes the scalar at `index` takes, 0 where no valid one begins.
        private static func scalarLength(in name: [UInt8], at index: Int) -> Int {
            let length =
                switch name[index] {
                case 0x00..<0x80: 1
                case 0xC2..<0xE0: 2
                case 0xE0..<0xF0: 3
                case 0xF0..<0xF5: 4
                default: 0
                }
            guard length > 1 else { return length }
            let scalar = name[index..<min(index + length, name.count)]
            return scalar.count == length && String(validating: scalar, as: UTF8.self) != nil ? length : 0
        }

        private static func hexDigit(_ value: UInt8) -> UInt8 {
            value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
        }

        private static func value(ofHexDigit digit: UInt8) -> UInt8? {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
            default: nil
            }
        }
    }
}
