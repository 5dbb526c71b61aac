internal import Yams

/// Reads one YAML document into values that know where they stand.
///
/// The library does the grammar. It is asked for no types, because its own rules are those of YAML 1.1, where `no` and
/// `12:30` are no texts; the core schema of YAML 1.2 is applied here.
struct YAMLReader {
    let text: String
    private var count = 0

    init(_ text: String) {
        self.text = text
    }

    mutating func document() throws(Refusal) -> PlacedValue {
        try YAMLGuard.check(text.utf8)
        let root: Node?
        do {
            root = try Parser(yaml: text, resolver: .basic, constructor: .default, encoding: .utf8).singleRoot()
        } catch {
            throw Self.refusal(of: error, in: text)
        }
        guard let root else { throw Refusal("it is empty", at: .place(TextPlace(line: 1, column: 1))) }
        return try value(of: root, depth: 1)
    }

    private mutating func value(of node: Node, depth: Int) throws(Refusal) -> PlacedValue {
        let position = Self.position(of: node)
        guard depth <= JSONReader.maximalDepth else {
            throw Refusal("it is nested more than \(JSONReader.maximalDepth) levels deep", at: position)
        }
        try Self.checkTag(of: node)
        switch node {
        case .scalar(let scalar):
            return PlacedValue(content: try YAMLScalar.content(of: scalar, at: position), position: position)
        case .sequence(let sequence):
            var elements: [PlacedValue] = []
            elements.reserveCapacity(sequence.count)
            for element in sequence { elements.append(try value(of: element, depth: depth + 1)) }
            return PlacedValue(content: .list(elements), position: position)
        case .mapping(let mapping):
            var members: [PlacedMember] = []
            members.reserveCapacity(mapping.count)
            for (key, element) in mapping {
                guard case .scalar(let name) = key else {
                    throw Refusal("expected a name, found a list or a mapping", at: Self.position(of: key))
                }
                try Self.checkTag(of: key)
                let value = try value(of: element, depth: depth + 1)
                members.append(PlacedMember(name: name.string, position: Self.position(of: key), value: value))
            }
            return PlacedValue(content: .mapping(members), position: position)
        case .alias:
            throw Refusal(YAMLGuard.aliasProblem, at: position)
        }
    }

    private static func position(of node: Node) -> Position {
        let mark = node.mark
        return .place(TextPlace(line: mark?.line ?? 1, column: mark?.column ?? 1))
    }

    /// Only what JSON has as well: an explicit tag may repeat what the value is anyhow.
    private static func checkTag(of node: Node) throws(Refusal) {
        let tag: String
        let own: [Tag.Name]
        switch node {
        case .scalar(let scalar):
            tag = scalar.tag.description
            own = [.str, .null, .bool, .int, .float]
        case .sequence(let sequence):
            tag = sequence.tag.description
            own = [.seq]
        case .mapping(let mapping):
            tag = mapping.tag.description
            own = [.map]
        case .alias: return
        }
        guard tag.isEmpty || tag == "!" || own.contains(where: { $0.rawValue == tag }) else {
            throw Refusal("the tag “\(tag)” is unknown here", at: position(of: node))
        }
    }
}

extension YAMLReader {
    /// The library's errors quote the text and span lines; what is wrong and where is all that is kept.
    private static func refusal(of error: any Error, in text: String) -> Refusal {
        let top = Position.place(TextPlace(line: 1, column: 1))
        guard let error = error as? YamlError else { return Refusal("it is no YAML", at: top) }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return Refusal("it is no YAML, \(problem)", at: .place(TextPlace(line: mark.line, column: mark.column)))
        case .duplicatedKeysInMapping(let names, let context):
            let place = TextPlace(line: context.mark.line, column: context.mark.column)
            return Refusal("“\(names.first ?? "")” stands twice in one mapping", at: .place(place))
        case .reader(let problem, let offset, _, _):
            let bytes = text.prefix(offset ?? 0).utf8.count
            return Refusal("it is no YAML, \(problem)", at: .offset(bytes))
        case .memory, .no, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return Refusal("it cannot be read as YAML", at: top)
        }
    }
}
