/// A member's name as text: from UTF-8, from Info-ZIP's Unicode field, or from the character set of MS-DOS.
struct MemberName: Hashable {
    var text: String
    /// The name claims to be UTF-8 and is not; what is not stands as `%XX`.
    var isRepaired = false

    /// - Parameters:
    ///   - unicodePath: The data of the extra field 0x7075, when there is one.
    ///   - isUnix: The maker's system keeps names as bytes that are UTF-8 nearly everywhere, also where the flag is missing.
    init(_ bytes: ArraySlice<UInt8>, flags: GeneralFlags, unicodePath: ArraySlice<UInt8>?, isUnix: Bool) {
        if let unicodePath, let name = Self.text(unicodePath, of: bytes) {
            text = name
        } else if bytes.allSatisfy({ $0 < 0x80 }) {
            text = String(decoding: bytes, as: UTF8.self)
        } else if let name = String(validating: bytes, as: UTF8.self), isUnix || flags.contains(.utf8) {
            text = name
        } else if flags.contains(.utf8) {
            text = Self.repaired(bytes)
            isRepaired = true
        } else {
            text = CodePage437.decode(bytes)
        }
    }

    /// The field counts only while its CRC is that of the stored name: whoever renamed the member did not know of it.
    private static func text(_ field: ArraySlice<UInt8>, of name: ArraySlice<UInt8>) -> String? {
        let start = field.startIndex
        guard field.count > 5, field[start] == 1, field.uint32(at: start + 1) == crc32(Array(name)) else { return nil }
        return String(validating: field[(start + 5)...], as: UTF8.self)
    }

    private static func repaired(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        var rest = bytes
        while let first = rest.first {
            // A UTF-8 sequence is at most four bytes; the shortest valid prefix is one character.
            let length = (1...4).first { rest.count >= $0 && String(validating: rest.prefix($0), as: UTF8.self) != nil }
            if let length {
                text += String(decoding: rest.prefix(length), as: UTF8.self)
            } else {
                text += percentForm(first)
            }
            rest = rest.dropFirst(length ?? 1)
        }
        return text
    }

    /// `%FF`: how a byte that no name can hold is shown.
    static func percentForm(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
}
