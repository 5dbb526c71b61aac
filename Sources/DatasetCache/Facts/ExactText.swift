internal import Glibc

/// A string compared by its bytes.
///
/// Swift calls strings equal that are canonically equivalent (`é` in one scalar or in two); to a store and to a
/// directory those are two names.
struct ExactText: Hashable {
    let string: String

    init(_ string: String) {
        self.string = string
    }

    static func == (left: ExactText, right: ExactText) -> Bool {
        left.string.isExactly(right.string)
    }

    func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// The same bytes, not merely the same characters.
    func isExactly(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var (left, right) = (self, other)
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard let start = left.baseAddress, let otherStart = right.baseAddress else { return true }
                return unsafe memcmp(start, otherStart, left.count) == 0
            }
        }
    }
}

extension String? {
    func isExactly(_ other: String?) -> Bool {
        switch (self, other) {
        case (nil, nil): true
        case (let left?, let right?): left.isExactly(right)
        default: false
        }
    }
}

/// Text as SQLite keeps it.
///
/// GRDB binds and reads text as C strings, which end at U+0000; that one is escaped, reversibly, with U+0001.
enum StoredText {
    static func encode(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 <= 1 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0: result += "\u{1}0"
            case 1: result += "\u{1}1"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func decode(_ text: String) -> String {
        guard text.utf8.contains(1) else { return text }
        var result = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if isEscaped {
                result += scalar == "0" ? "\u{0}" : "\u{1}"
                isEscaped = false
            } else if scalar.value == 1 {
                isEscaped = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
