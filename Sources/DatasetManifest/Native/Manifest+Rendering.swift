extension Manifest {
    /// The manifest as a text that reads back as the same manifest, whatever the name of its directory.
    ///
    /// The same statements give the same bytes: names stand in the order of their bytes, `description` before `metadata`
    /// before `entries`, and a line feed ends the last line.
    package func rendered(as format: ManifestFormat) -> [UInt8] {
        var members = Self.members(of: root)
        // Always there, so that the top level is never taken for a mapping of names.
        if root.entries.isEmpty { members.append(ManifestMember("entries", .mapping([]))) }
        var bytes: [UInt8] = []
        switch format {
        case .json: bytes.appendIndentedJSON(.mapping(members), indentation: 0)
        case .yaml: bytes.appendYAML(members, indentation: 0)
        }
        if bytes.last != 0x0A { bytes.append(0x0A) }
        return bytes
    }

    private static func members(of entry: ManifestEntry) -> [ManifestMember] {
        var members: [ManifestMember] = []
        if let description = entry.description { members.append(ManifestMember("description", .text(description))) }
        if !entry.metadata.isEmpty { members.append(ManifestMember("metadata", .mapping(entry.metadata))) }
        if !entry.entries.isEmpty {
            let entries = entry.entries.map { entry in
                ManifestMember(entry.isDirectory ? entry.name + "/" : entry.name, value(of: entry))
            }
            members.append(ManifestMember("entries", .mapping(entries)))
        }
        return members
    }

    private static func value(of entry: ManifestEntry) -> ManifestValue {
        guard entry.metadata.isEmpty, entry.entries.isEmpty, let description = entry.description else {
            return .mapping(members(of: entry))
        }
        return .text(description)
    }
}

extension [UInt8] {
    mutating func appendIndentation(_ width: Int) {
        append(contentsOf: repeatElement(0x20, count: width))
    }

    /// Mappings of the manifest over many lines, lists and what they hold on one.
    fileprivate mutating func appendIndentedJSON(_ value: ManifestValue, indentation: Int) {
        guard case .mapping(let members) = value, !members.isEmpty else { return appendCompact(value) }
        self += "{\n".utf8
        for (index, member) in members.enumerated() {
            appendIndentation(indentation + 2)
            appendQuoted(member.name)
            self += ": ".utf8
            appendIndentedJSON(member.value, indentation: indentation + 2)
            self += (index + 1 < members.count ? ",\n" : "\n").utf8
        }
        appendIndentation(indentation)
        append(UInt8(ascii: "}"))
    }

    /// A block mapping. What is no mapping is JSON, which YAML reads as it is.
    fileprivate mutating func appendYAML(_ members: [ManifestMember], indentation: Int) {
        for member in members {
            appendIndentation(indentation)
            appendYAMLKey(member.name, indentation: indentation)
            append(UInt8(ascii: ":"))
            if case .mapping(let inner) = member.value, !inner.isEmpty {
                append(0x0A)
                appendYAML(inner, indentation: indentation + 2)
            } else {
                append(0x20)
                appendCompact(member.value)
                append(0x0A)
            }
        }
    }

    /// A key without quotes where no reader could take it for anything else; an explicit one where it is longer than the
    /// 1024 characters that YAML allows for others.
    private mutating func appendYAMLKey(_ name: String, indentation: Int) {
        let plain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        // A dot or a slash keeps a name apart from all words that YAML gives a meaning; the first letter from numbers.
        let isLetter = name.utf8.first.map { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) } ?? false
        let isKey = name == "description" || name == "metadata" || name == "entries"
        if isKey || (plain && isLetter && name.utf8.count < 256 && name.utf8.contains { $0 == 0x2E || $0 == 0x2F }) {
            self += name.utf8
        } else if name.utf8.count > 100 {
            self += "? ".utf8
            appendQuoted(name)
            append(0x0A)
            appendIndentation(indentation)
        } else {
            appendQuoted(name)
        }
    }
}
