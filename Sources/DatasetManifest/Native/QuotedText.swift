extension [UInt8] {
    /// Appends text in double quotes so that JSON and YAML both read it back as it was.
    ///
    /// YAML 1.2 refuses unprintable characters that JSON lets stand; escaped they are the same to both.
    mutating func appendQuoted(_ text: String) {
        append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var run = 0
            var index = 0
            while index < bytes.count {
                // Almost every byte: printable ASCII, and what begins no unprintable character.
                let byte = unsafe bytes[index]
                if byte >= 0x20, byte != 0x22, byte != 0x5C, byte != 0x7F, byte != 0xC2, byte != 0xE2, byte != 0xEF {
                    index += 1
                    continue
                }
                let next = unsafe index + 1 < bytes.count ? bytes[index + 1] : 0
                let third = unsafe index + 2 < bytes.count ? bytes[index + 2] : 0
                guard let (length, scalar) = Self.unprintable(byte, next, third) else {
                    index += 1
                    continue
                }
                unsafe append(contentsOf: UnsafeBufferPointer(rebasing: bytes[run..<index]))
                appendEscaped(scalar)
                index += length
                run = index
            }
            unsafe append(contentsOf: UnsafeBufferPointer(rebasing: bytes[run...]))
        }
        append(UInt8(ascii: "\""))
    }

    /// The number of bytes and the scalar of a character that must be escaped and begins with these bytes; nil where what
    /// stands there may stay.
    private static func unprintable(
        _ first: UInt8,
        _ second: UInt8,
        _ third: UInt8
    ) -> (length: Int, scalar: UInt16)? {
        switch (first, second, third) {
        case (0..<0x20, _, _), (0x22, _, _), (0x5C, _, _), (0x7F, _, _): (1, UInt16(first))
        case (0xC2, 0x80...0x9F, _): (2, UInt16(second))
        case (0xE2, 0x80, 0xA8...0xA9): (3, 0x2028 + UInt16(third - 0xA8))
        case (0xEF, 0xBB, 0xBF): (3, 0xFEFF)
        case (0xEF, 0xBF, 0xBE...0xBF): (3, 0xFFFE + UInt16(third - 0xBE))
        default: nil
        }
    }

    private mutating func appendEscaped(_ scalar: UInt16) {
        switch scalar {
        case 0x22: self += "\\\"".utf8
        case 0x5C: self += "\\\\".utf8
        case 0x0A: self += "\\n".utf8
        case 0x0D: self += "\\r".utf8
        case 0x09: self += "\\t".utf8
        default:
            let digits = String(scalar, radix: 16)
            self += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
        }
    }
}
