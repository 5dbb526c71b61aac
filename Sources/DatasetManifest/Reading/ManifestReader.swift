/// Makes statements of values: decides what a mapping means, and refuses what means nothing.
struct ManifestReader {
    let directoryName: String?

    /// The keys of the native form. A mapping that has one of them has no others.
    private enum Key: String, CaseIterable {
        case description, metadata, entries
    }

    func manifest(from value: PlacedValue) throws(Refusal) -> Manifest {
        guard case .mapping(let members) = value.content else {
            throw Refusal("expected a mapping from names to descriptions, found \(value.found)", at: value.position)
        }
        if let member = members.first, members.count == 1, Key(rawValue: member.name) == nil, let directoryName,
            Self.bareName(member.name).hasSameBytes(as: directoryName), case .mapping(let inner) = member.value.content
        {
            return Manifest(root: try entry("", of: inner, isDirectory: true, path: [directoryName]))
        }
        return Manifest(root: try entry("", of: members, isDirectory: true, path: []))
    }

    private func entry(from member: PlacedMember, above path: [String]) throws(Refusal) -> ManifestEntry {
        let name = Self.bareName(member.name)
        let isDirectory = name.utf8.count < member.name.utf8.count
        let path = path + [name]
        if let problem = Self.problem(of: name) { throw Refusal(problem, path: path, at: member.position) }
        switch member.value.content {
        case .text(let description):
            return ManifestEntry(name: name, description: description, isDirectory: isDirectory)
        case .mapping(let members):
            return try entry(name, of: members, isDirectory: isDirectory, path: path)
        case .null, .bool, .number, .list:
            let quotes = if case .number = member.value.content { ": put it in quotes" } else { "" }
            let problem = "expected a text or a mapping, found \(member.value.found)\(quotes)"
            throw Refusal(problem, path: path, at: member.value.position)
        }
    }

    private func entry(
        _ name: String,
        of members: [PlacedMember],
        isDirectory: Bool,
        path: [String]
    ) throws(Refusal) -> ManifestEntry {
        guard members.contains(where: { Key(rawValue: $0.name) != nil }) else {
            let entries = try entries(from: members, path: path)
            return ManifestEntry(name: name, isDirectory: isDirectory, entries: entries)
        }
        var entry = (description: String?.none, metadata: [ManifestMember](), entries: [ManifestEntry]?.none)
        var seen = Set<Key>()
        for member in members {
            guard let key = Key(rawValue: member.name) else {
                let native = Key.allCases.filter { key in members.contains { $0.name == key.rawValue } }
                let problem = "“\(member.name)” stands beside “\(native[0])”: names of files belong under “entries”"
                throw Refusal(problem, path: path, at: member.position)
            }
            guard seen.insert(key).inserted else {
                throw Refusal("“\(key)” stands twice", path: path, at: member.position)
            }
            switch key {
            case .description: entry.description = try description(from: member.value, path: path)
            case .metadata: entry.metadata = try metadata(from: member.value, path: path)
            case .entries: entry.entries = try self.entries(from: member.value, path: path)
            }
        }
        return ManifestEntry(
            name: name,
            description: entry.description,
            metadata: entry.metadata,
            isDirectory: isDirectory || entry.entries != nil,
            entries: entry.entries ?? []
        )
    }

    private func entries(from members: [PlacedMember], path: [String]) throws(Refusal) -> [ManifestEntry] {
        var entries: [ManifestEntry] = []
        entries.reserveCapacity(members.count)
        var names = Set<ExactName>(minimumCapacity: members.count)
        for member in members {
            let entry = try entry(from: member, above: path)
            guard names.insert(ExactName(rawValue: entry.name)).inserted else {
                throw Refusal("it stands twice", path: path + [entry.name], at: member.position)
            }
            entries.append(entry)
        }
        return entries
    }
}

extension ManifestReader {
    private func description(from value: PlacedValue, path: [String]) throws(Refusal) -> String? {
        switch value.content {
        case .text(let text): return text
        case .null: return nil
        case .bool, .number, .list, .mapping:
            throw Refusal("“description”: expected a text, found \(value.found)", path: path, at: value.position)
        }
    }

    private func entries(from value: PlacedValue, path: [String]) throws(Refusal) -> [ManifestEntry]? {
        switch value.content {
        case .mapping(let members): return try entries(from: members, path: path)
        case .null: return nil
        case .bool, .number, .list, .text:
            throw Refusal("“entries”: expected a mapping, found \(value.found)", path: path, at: value.position)
        }
    }

    private func metadata(from value: PlacedValue, path: [String]) throws(Refusal) -> [ManifestMember] {
        if case .null = value.content { return [] }
        guard case .mapping(let members) = value.content else {
            throw Refusal("“metadata”: expected a mapping, found \(value.found)", path: path, at: value.position)
        }
        try refuseTwins(in: value, path: path)
        return members.map { ManifestMember($0.name, ManifestValue($0.value)) }
    }

    private func refuseTwins(in value: PlacedValue, path: [String]) throws(Refusal) {
        switch value.content {
        case .null, .bool, .number, .text: return
        case .list(let elements):
            for element in elements { try refuseTwins(in: element, path: path) }
        case .mapping(let members):
            var names = Set<ExactName>()
            for member in members {
                guard names.insert(ExactName(rawValue: member.name)).inserted else {
                    throw Refusal("“\(member.name)” stands twice in “metadata”", path: path, at: member.position)
                }
                try refuseTwins(in: member.value, path: path)
            }
        }
    }

    /// Without the one slash that marks a directory.
    private static func bareName(_ name: String) -> String {
        name.utf8.count > 1 && name.utf8.last == UInt8(ascii: "/") ? String(Substring(name.utf8.dropLast())) : name
    }

    /// Why nothing in a tree can have that name; nil when it can.
    private static func problem(of name: String) -> String? {
        switch name {
        case "": "a name is empty"
        case ".", "..": "“\(name)” is no name of a file"
        case ".datasetfs": "the control directory cannot be described"
        default:
            if name.utf8.contains(UInt8(ascii: "/")) {
                "“\(name)” is a path: nest the names in each other"
            } else if name.utf8.contains(0) {
                "a name holds a NUL"
            } else if name.utf8.count > 255 {
                "a name is longer than 255 bytes"
            } else {
                nil
            }
        }
    }
}
