/// How a store's name becomes one a directory can hold, reversibly.
///
/// Three difficulties: a store's name may be anything (empty, `..`, with `/` or NUL); it may be longer than a
/// directory entry (255 bytes); siblings may share it. ``escaped(_:)`` solves the first, ``shortened(_:key:)`` the second,
/// ``unique(_:reserved:)`` the third.
package enum TreeName {
    /// Bytes of one name, as `NAME_MAX`.
    package static let limit = 255

    /// The control directory's name; a store's entry of that name is escaped.
    package static let control = ".datasetfs"

    private static let slash: Character = "／"  // U+FF0F, what `/` becomes
    private static let dot: Character = "．"  // U+FF0E, what the dots of `.` and `..` become

    /// A name without `/` and NUL that is neither empty nor `.` nor `..`; ``unescaped(_:)`` gives the original back.
    ///
    /// `/` becomes its full-width form, NUL becomes `%00`, names of dots only and the control directory's name begin
    /// with a full-width dot, the empty name becomes `%FF` (a byte no UTF-8 text holds). What already looks
    /// like one of these forms is escaped by its percent form, so that no two names meet.
    package static func escaped(_ name: String) -> String {
        if name.isEmpty { return "%FF" }
        if isPlain(name) { return name }
        var result = ""
        result.reserveCapacity(name.utf8.count)
        let scalars = Array(name.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "/": result.append(slash)
            case "\0": result += "%00"
            case "／": result += "%EF%BC%8F"
            case "．" where index == 0: result += "%EF%BC%8E"
            case "%" where startsEscape(scalars, at: index): result += "%25"
            default: result.unicodeScalars.append(scalar)
            }
        }
        guard result == "." || result == ".." || result == control else { return result }
        return String(dot) + result.dropFirst()
    }

    /// ASCII without anything that is written otherwise: most names, told in a fraction of the time.
    private static func isPlain(_ name: String) -> Bool {
        guard name.utf8.first != UInt8(ascii: ".") else { return false }
        return name.utf8.allSatisfy { $0 < 0x80 && $0 != 0 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "%") }
    }

    /// The store's name behind an escaped one.
    package static func unescaped(_ name: String) -> String {
        if name == "%FF" { return "" }
        var bytes: [UInt8] = []
        var rest = Substring(name)
        if rest.first == dot {
            bytes.append(UInt8(ascii: "."))
            rest = rest.dropFirst()
        }
        let utf8 = Array(rest.utf8)
        var index = 0
        while index < utf8.count {
            if let form = Form.allCases.first(where: { utf8[index...].starts(with: $0.written) }) {
                bytes += form.original
                index += form.written.count
            } else {
                bytes.append(utf8[index])
                index += 1
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What stands for what inside a name.
    private enum Form: CaseIterable {
        case slash, nul, writtenSlash, writtenDot, percent

        var written: [UInt8] {
            switch self {
            case .slash: Array("／".utf8)
            case .nul: Array("%00".utf8)
            case .writtenSlash: Array("%EF%BC%8F".utf8)
            case .writtenDot: Array("%EF%BC%8E".utf8)
            case .percent: Array("%25".utf8)
            }
        }

        var original: [UInt8] {
            switch self {
            case .slash: [UInt8(ascii: "/")]
            case .nul: [0]
            case .writtenSlash: Array("／".utf8)
            case .writtenDot: Array("．".utf8)
            case .percent: [UInt8(ascii: "%")]
            }
        }
    }

    /// A `%` before two hexadecimal digits would be taken for one of our forms.
    private static func startsEscape(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        guard index + 2 < scalars.count else { return false }
        return scalars[(index + 1)...(index + 2)].allSatisfy { $0.properties.isASCIIHexDigit }
    }

    /// A name of at most ``limit`` bytes: what is cut is replaced by a mark made from `key`, the extension stays.
    ///
    /// - Parameter key: What tells this name from others that begin alike, e.g. the whole name and the id.
    package static func shortened(_ name: String, key: String, limit: Int = TreeName.limit) -> String {
        guard name.utf8.count > limit else { return name }
        let (stem, ext) = split(name)
        let mark = "~" + fingerprint(key)
        return prefix(stem, bytes: limit - mark.utf8.count - ext.utf8.count) + mark + ext
    }

    /// The longest beginning of whole characters within so many bytes of UTF-8.
    private static func prefix(_ name: String, bytes: Int) -> String {
        var count = 0
        var result = ""
        for scalar in name.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= bytes else { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    /// Stem and extension with its dot: `a.tar.gz` is `a.tar` and `.gz`, `.profile` has none.
    ///
    /// What is longer than any extension is, or holds a space, merely follows a dot.
    package static func split(_ name: String) -> (stem: String, ext: String) {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return (name, "") }
        let ext = name[dot...]
        guard ext.count > 1, ext.utf8.count <= 32, !ext.contains(" ") else { return (name, "") }
        return (String(name[..<dot]), String(ext))
    }

    /// 8 hexadecimal digits of FNV-1a: the same in every process, unlike `Hasher`.
    private static func fingerprint(_ key: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in key.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String((hash ^ hash >> 32) & 0xffff_ffff, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
