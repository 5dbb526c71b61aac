/// Refuses what would make the YAML library take memory or time out of proportion to the text.
///
/// The library resolves aliases while it reads and compares the keys of every mapping by value, so a text of one kilobyte
/// whose keys are aliases of aliases would keep it busy for ever, and one whose keys are mappings with such keys for minutes.
/// It also takes some hundred bytes for each value.
struct YAMLGuard {
    static let aliasProblem = "anchors and aliases are not allowed in a manifest: write the value out"
    /// Each value ends at one of the counted characters.
    static let maximalSeparators = 1_000_000
    /// A text may look like a few of them, and none is allowed in the end.
    static let maximalDeepKeys = 16
    /// Of so many marks a used one has long been found.
    private static let maximalAliases = 200_000

    private let text: [UInt8]
    private var anchors = Set<ExactName>()
    private var aliases: [(name: ExactName, offset: Int)] = []
    private var separators = 0
    private var deepKeys = 0

    static func check(_ text: some Sequence<UInt8>) throws(Refusal) {
        var guardian = YAMLGuard(text: Array(text))
        try guardian.check()
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    private mutating func check() throws(Refusal) {
        // What stands before the current byte on its line, spaces apart.
        var before: UInt8?
        for (offset, byte) in text.enumerated() {
            switch byte {
            case 0x0A, UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): separators += 1
            case UInt8(ascii: "&"): name(after: offset).map { _ = anchors.insert($0) }
            case UInt8(ascii: "*") where aliases.count < Self.maximalAliases:
                name(after: offset).map { aliases.append(($0, offset)) }
            case UInt8(ascii: "-"), UInt8(ascii: ":"): if isSpace(at: offset + 1) { separators += 1 }
            case UInt8(ascii: "?") where isSpace(at: offset + 1):
                separators += 1
                if Self.mayBegin(after: before), isDeep(after: offset + 1) { deepKeys += 1 }
            default: break
            }
            if byte == 0x0A { before = nil } else if byte != 0x20, byte != 0x09 { before = byte }
        }
        guard separators <= Self.maximalSeparators else {
            throw Refusal("it holds more values than \(Self.maximalSeparators): write it as JSON", at: .offset(0))
        }
        if let alias = aliases.first(where: { anchors.contains($0.name) }) {
            throw Refusal(Self.aliasProblem, at: .offset(alias.offset))
        }
        guard deepKeys <= Self.maximalDeepKeys else {
            throw Refusal("its names are lists or mappings", at: .offset(0))
        }
    }

    private func isSpace(at offset: Int) -> Bool {
        guard offset < text.count else { return true }
        return text[offset] == 0x20 || text[offset] == 0x0A || text[offset] == 0x0D || text[offset] == 0x09
    }

    /// An explicit key may stand behind this byte; nil is the beginning of a line.
    private static func mayBegin(after byte: UInt8?) -> Bool {
        guard let byte else { return true }
        return "{[,?-:".utf8.contains(byte)
    }

    /// What follows is no plain name, or stands on the next line.
    private func isDeep(after offset: Int) -> Bool {
        guard let next = text[offset...].first(where: { $0 != 0x20 && $0 != 0x09 }) else { return false }
        return next == 0x0A || next == 0x0D || "[{?-!".utf8.contains(next)
    }

    /// The name of an anchor or alias whose mark stands at `offset`. A text in quotes may hold such marks too; only when one
    /// name stands behind both marks is it taken for an alias.
    private func name(after offset: Int) -> ExactName? {
        let name = text[(offset + 1)...].prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return name.isEmpty ? nil : ExactName(rawValue: String(decoding: name, as: UTF8.self))
    }
}
