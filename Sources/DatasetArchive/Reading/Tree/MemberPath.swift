/// A member's name made fit for a tree: components that can neither climb nor clash with what a file system allows.
struct MemberPath: Equatable {
    var components: [String] = []
    /// What had to be changed, worst first; empty when the name was sound.
    var changes: [ArchiveProblem.Kind] = []

    /// `NAME_MAX` of Linux, in bytes.
    private static let longestComponent = 255

    /// - Throws: Why no place in a tree can be given to the name.
    init(_ name: String, limits: ArchiveLimits) throws(Refusal) {
        var rest = Substring(name)
        if rest.utf8.first == UInt8(ascii: "/") { changes.append(.absoluteName) }
        if let front = Self.drive(in: rest) {
            rest = front
            changes.append(.absoluteName)
        }
        for part in rest.utf8.split(separator: UInt8(ascii: "/")) {
            let component = Substring(part)
            if component == "." { continue }
            guard component != ".." else { throw Refusal(kind: .traversal) }
            components.append(sound(String(component)))
        }
        guard !components.isEmpty else { throw Refusal(kind: .emptyName) }
        guard components.count <= limits.maximumDepth else { throw Refusal(kind: .tooDeep) }
    }

    struct Refusal: Error {
        var kind: ArchiveProblem.Kind
    }

    /// What follows `C:/`, when the name begins so; `C:` alone is a name that Linux allows.
    private static func drive(in name: Substring) -> Substring? {
        let front = Array(name.utf8.prefix(3))
        guard front.count == 3, front[1] == UInt8(ascii: ":"), front[2] == UInt8(ascii: "/") else { return nil }
        let letter = front[0] | 0x20
        guard UInt8(ascii: "a")...UInt8(ascii: "z") ~= letter else { return nil }
        return Substring(name.utf8.dropFirst(3))
    }

    private mutating func sound(_ component: String) -> String {
        var text = component
        if text.utf8.contains(0) {
            text = text.replacing("\0", with: MemberName.percentForm(0))
            changes.append(.nulInName)
        }
        if text.utf8.count > Self.longestComponent {
            text = Self.cut(text)
            changes.append(.overlongName)
        }
        return text
    }

    /// The beginning of the name, a checksum of all of it, and its extension when that is short.
    static func cut(_ name: String) -> String {
        let checksum = String(crc32(Array(name.utf8)), radix: 16)
        let (stem, suffix) = split(name)
        let ending = "~\(String(repeating: "0", count: 8 - checksum.count))\(checksum)\(suffix)"
        var kept = ""
        for character in stem.unicodeScalars {
            guard kept.utf8.count + UTF8.width(character) + ending.utf8.count <= longestComponent else { break }
            kept.unicodeScalars.append(character)
        }
        return kept + ending
    }

    /// The name and its extension with the dot, empty when there is none of at most 16 bytes.
    static func split(_ name: String) -> (stem: Substring, suffix: Substring) {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex,
            name.utf8.distance(from: dot, to: name.endIndex) <= 17
        else { return (name[...], "") }
        return (name[..<dot], name[dot...])
    }
}
