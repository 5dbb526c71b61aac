/// A native manifest: what is said of the things in a directory, by name, as deep as wanted.
///
/// ```json
/// {
///   "description": "One measurement a day",
///   "entries": {
///     "README.md": "How the samples were taken",
///     "raw/": {
///       "description": "As the instrument wrote them",
///       "entries": {"day-1.csv": {"description": "Monday", "metadata": {"run": 17}}}
///     }
///   }
/// }
/// ```
///
/// A value is a text (the description) or a mapping of nothing but `description`, `metadata` and `entries`. A mapping with none
/// of these three keys is a directory, its keys the names in it. A top level whose only key is the name of the directory itself
/// may stand around it all.
package struct Manifest: Sendable, Equatable {
    /// What is said of the directory of the manifest, and of all below it.
    package let root: ManifestEntry

    package init(root: ManifestEntry) {
        self.root = root.named("")
    }

    /// Says nothing.
    package init() {
        root = ManifestEntry(name: "", isDirectory: true)
    }

    /// What is said of the thing at a path of names; nil when it is not named.
    package func entry(at path: some Sequence<String>) -> ManifestEntry? {
        var entry = root
        for name in path {
            guard let next = entry.entry(named: name) else { return nil }
            entry = next
        }
        return entry
    }

    /// The part that concerns a directory below, as a manifest of that directory; it says nothing where nothing is said.
    package func below(_ path: some Sequence<String>) -> Manifest {
        entry(at: path).map { Manifest(root: $0) } ?? Manifest()
    }

    /// The same statements as the manifest of a directory above makes them.
    package func placed(at path: some BidirectionalCollection<String>) -> Manifest {
        var entry = root
        for name in path.reversed() {
            entry = ManifestEntry(name: "", isDirectory: true, entries: [entry.named(name)])
        }
        return Manifest(root: entry)
    }
}
