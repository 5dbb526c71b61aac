import DatasetModel
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let nameChecks = [
        StoreCheck("keeps every name byte for byte", planting: { .named($0) }) { subject in
            let expected = subject.tree.children(of: "names")

            let nodes = try subject.children(of: "names")

            let names = nodes.map { ReferenceTree.Path($0.name) }.sorted()
            try require(names == expected, "lists \(Set(names).symmetricDifference(expected)) wrongly")
            for node in nodes {
                let path = ReferenceTree.Path("names").child(node.name)
                let whole = try subject.node(at: node.location)
                try require(whole.name.isSameText(node.name), "“\(node.name)” is told as “\(whole.name)”")
                let content = try subject.content(path)
                try subject.verify(content.wholeRange, of: whole, against: content)
            }
        }
    ]

    /// Names that something on the way may take for something else.
    private static let awkwardNames: [String] =
        [
            "with space", " leading space", "trailing space ", "tab\there", "new\nline", "\r", "quote\"s'`",
            "back\\slash",
            ".hidden", "...", "trailing.", "-rf", "*?[a-z]", "$HOME", "a;b&c|d", "#hash", "question?x=1&y=2",
            "plus+plus",
            "100%", "%41", "%2F", "%2e%2e", "%00", "%25", "%FF", "%25FF", "%C3%A9", "caf\u{E9}", "cafe\u{301}",
            "\u{1F9EC} DNA", "\u{202E}right to left", "\u{5D0}\u{5D1}", "zero\u{200B}width", "CON", "UPPER", "upper",
        ] + [
            String(repeating: "n", count: 255),
            String(repeating: "\u{E9}", count: 127),
        ]

    static func names(for traits: FixtureTraits) -> [String] {
        awkwardNames.filter { !traits.refusesName($0) }
    }
}

extension ReferenceTree {
    /// Each file holds its own name, so that two that are taken for one another show.
    fileprivate static func named(_ traits: FixtureTraits) -> ReferenceTree {
        var tree = ReferenceTree()
        for name in StoreConformance.names(for: traits) {
            tree.addFile(Path("names").child(name), .text(name))
        }
        return tree
    }
}
