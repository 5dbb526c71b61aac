/// Refuses what would make the YAML library take memory or time out of proportion to the text.
///
/// The library resolves aliases while it reads and compares the keys of every mapping by value, so a text of one kilobyte
/// whose keys are aliases of aliases would keep it busy for ever. It also takes some hundred bytes for each value.
enum YAMLGuard {
    static let aliasProblem = "anchors and aliases are not allowed in a manifest: write the value out"
    /// Each value ends at one of the counted characters.
    static let maximalSeparators = 1_000_000

    static func check(_ text: String.UTF8View) throws(Refusal) {
        var anchors = Set<ExactName>()
        var aliases: [(name: ExactName, offset: Int)] = []
        var separators = 0
        var offset = 0
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            switch byte {
            case 0x0A, UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "{"): separators += 1
            case UInt8(ascii: "&"): name(after: index, in: text).map { _ = anchors.insert($0) }
            // In two hundred thousand aliases a used one has long been found.
            case UInt8(ascii: "*") where aliases.count < 200_000:
                name(after: index, in: text).map { aliases.append(($0, offset)) }
            case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
                let following = text.index(after: index)
                if following < text.endIndex, text[following] == 0x20 { separators += 1 }
            default: break
            }
            text.formIndex(after: &index)
            offset += 1
        }
        guard separators <= maximalSeparators else {
            throw Refusal("it holds more values than \(maximalSeparators): write it as JSON", at: .offset(0))
        }
        if let alias = aliases.first(where: { anchors.contains($0.name) }) {
            throw Refusal(aliasProblem, at: .offset(alias.offset))
        }
    }

    /// The name of an anchor or alias whose mark stands at `index`. A text in quotes may hold such marks too; only when one
    /// name stands behind both marks is it taken for an alias.
    private static func name(after index: String.UTF8View.Index, in text: String.UTF8View) -> ExactName? {
        let name = text[text.index(after: index)...].prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return name.isEmpty ? nil : ExactName(rawValue: String(Substring(name)))
    }
}
