/// What a manifest says of one thing, and of all below it.
package struct ManifestEntry: Sendable, Equatable {
    /// A name as the tree shows it, without a slash; empty for the directory of the manifest itself.
    package private(set) var name: String
    /// Nil: nothing is said. Empty: there shall be none.
    package var description: String?
    /// In the order of the bytes of their names. `null` stands for a key that shall be gone.
    package private(set) var metadata: [ManifestMember]
    /// It has entries, or its name was written with a slash at the end. What is not may still be a directory.
    package private(set) var isDirectory: Bool
    /// In the order of the bytes of their names, none twice.
    package private(set) var entries: [ManifestEntry]

    package init(
        name: String,
        description: String? = nil,
        metadata: [ManifestMember] = [],
        isDirectory: Bool = false,
        entries: [ManifestEntry] = []
    ) {
        self.name = name
        self.description = description
        self.metadata = metadata.map { ManifestMember($0.name, $0.value.normalised) }.sortedByName
        self.isDirectory = isDirectory || !entries.isEmpty
        self.entries = entries.sorted { $0.name.precedesInBytes($1.name) }
    }

    /// Says something of the thing itself.
    package var saysSomething: Bool { description != nil || !metadata.isEmpty }

    /// The entry of that name directly below, compared byte for byte.
    package func entry(named name: String) -> ManifestEntry? {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].name.precedesInBytes(name) { low = middle + 1 } else { high = middle }
        }
        guard low < entries.count, entries[low].name.hasSameBytes(as: name) else { return nil }
        return entries[low]
    }

    func named(_ name: String) -> ManifestEntry {
        var entry = self
        entry.name = name
        return entry
    }
}
