extension Manifest {
    /// What the store says of a directory: every name in it, with its description and metadata where it has any.
    package init(describing facts: DirectoryFacts) {
        let tree = FactsTree(facts.entries)
        let entries = Self.entries(tree.top, of: tree)
        self.init(
            root: ManifestEntry(
                name: "",
                description: facts.description,
                metadata: Self.members(facts.metadata),
                isDirectory: true,
                entries: entries
            )
        )
    }

    private static func entries(_ places: [Int], of tree: FactsTree) -> [ManifestEntry] {
        places.map { place in
            let item = tree.items[place]
            return ManifestEntry(
                name: item.facts.path.last ?? "",
                description: item.facts.description,
                metadata: members(item.facts.metadata),
                isDirectory: item.facts.kind == .directory,
                entries: entries(item.children, of: tree)
            )
        }
    }

    private static func members(_ metadata: [String: String]) -> [ManifestMember] {
        metadata.map { ManifestMember($0.key, ManifestValue(jsonText: $0.value)) }
    }
}
