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

    /// A name without `/` and NUL that is neither empty nor `.` nor `..`; ``unescaped(_:)`` gives the original back.
    ///
    /// `/` becomes its full-width form, NUL becomes `%00`; `.`, `..` and the control directory's name begin with a full-width
    /// dot, the empty name is `%FF` (a byte no UTF-8 text holds). What already looks like one of these forms gets `25`
    /// behind its percent sign or is written by its percent form, so that no two names meet. Everything else stays as it is:
    /// a name that is made in the tree is the same when it comes back from the store.
    package static func escaped(_ name: String) -> String {
        if isPlain(name) { return name }
        let bytes = Array(name.utf8)
        if let form = Form.whole.first(where: { $0.original == bytes }) { return text(form.written) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let form = Form.inner.first(where: { bytes[index...].starts(with: $0.original) }) {
                result += form.written
                index += form.original.count
            } else {
                result.append(bytes[index])
                if Mark(bytes, at: index) != nil { result += Mark.again }
                index += 1
            }
        }
        return text(result)
    }

    /// The store's name behind an escaped one.
    package static func unescaped(_ name: String) -> String {
        let bytes = Array(name.utf8)
        if let form = Form.whole.first(where: { $0.written == bytes }) { return text(form.original) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let form = Form.inner.first(where: { bytes[index...].starts(with: $0.written) }) {
                result += form.original
                index += form.written.count
            } else {
                result.append(bytes[index])
                let isWritten = Mark(bytes, at: index) != nil
                index += isWritten ? 1 + Mark.again.count : 1
            }
        }
        return text(result)
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// ASCII without anything that may be written otherwise: most names, told in a fraction of the time.
    private static func isPlain(_ name: String) -> Bool {
        guard let first = name.utf8.first, first != UInt8(ascii: ".") else { return false }
        return name.utf8.allSatisfy { $0 < 0x80 && $0 != 0 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "%") }
    }

    /// What stands for what.
    private struct Form {
        let original: [UInt8]
        let written: [UInt8]

        init(_ original: String, _ written: String) {
            self.original = Array(original.utf8)
            self.written = Array(written.utf8)
        }

        /// Written with a percent sign in front.
        var isMarked: Bool { written.first == UInt8(ascii: "%") }

        /// Inside a name.
        static let inner = [Form("/", "／"), Form("\0", "%00"), Form("／", "%EF%BC%8F")]

        /// Names that are nothing else.
        static let whole =
            [Form("", "%FF")]
            + ["", ".", String(control.dropFirst())].flatMap { rest in
                [Form("." + rest, "．" + rest), Form("．" + rest, "%EF%BC%8E" + rest)]
            }
    }

    /// A percent sign that begins one of the written forms, or would but for `25`s behind it.
    private struct Mark {
        static let again: [UInt8] = Array("25".utf8)

        init?(_ bytes: [UInt8], at index: Int) {
            guard bytes[index] == UInt8(ascii: "%") else { return nil }
            var rest = bytes[(index + 1)...]
            while rest.starts(with: Self.again) { rest = rest.dropFirst(Self.again.count) }
            let isInner = Form.inner.contains {
                $0.written.first == bytes[index] && rest.starts(with: $0.written[1...])
            }
            let isWhole = index == 0 && Form.whole.contains { $0.written.first == bytes[0] && rest == $0.written[1...] }
            guard isInner || isWhole else { return nil }
        }
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
