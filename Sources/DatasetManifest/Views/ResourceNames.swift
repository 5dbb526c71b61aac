/// Names of resources: lower-case letters, digits, `-`, `.`, `_` and `/`, each only once in a package.
struct ResourceNames {
    private var used = Set<String>()
    /// For each text that was asked for more than once, the number that comes next.
    private var numbers: [String: Int] = [:]

    /// The same paths in the same order get the same names.
    mutating func next(for path: String) -> String {
        let slug = Self.slug(path)
        var name = slug
        while !used.insert(name).inserted {
            let number = numbers[slug, default: 2]
            numbers[slug] = number + 1
            name = "\(slug)-\(number)"
        }
        return name
    }

    /// What of a text a name may hold, everything else as `-`.
    static func slug(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.lowercased().utf8 {
            if isPlain(byte) || byte == UInt8(ascii: "/") {
                bytes.append(byte)
            } else if bytes.last != UInt8(ascii: "-") {
                bytes.append(UInt8(ascii: "-"))
            }
        }
        return bytes.isEmpty ? "-" : String(decoding: bytes, as: UTF8.self)
    }

    static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
