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
        var iterator = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var index = bytes.startIndex
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let scalar):
                text.unicodeScalars.append(Unicode.UTF8.decode(scalar))
                index += scalar.count
            case .error(let length):
                for byte in bytes[index..<(index + length)] { text += percentForm(byte) }
                index += length
            case .emptyInput:
                return text
            }
        }
    }

    /// `%FF`: how a byte that no name can hold is shown.
    static func percentForm(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return digits.count == 1 ? "%0\(digits)" : "%\(digits)"
    }
}
