extension Manifest {
    /// Both together; where both say something of the same field, `newer` holds.
    ///
    /// Fields are the description, each key of the metadata, and the entries, name by name.
    package func overlaid(by newer: Manifest) -> Manifest {
        Manifest(root: root.overlaid(by: newer.root))
    }
}

extension ManifestEntry {
    fileprivate func overlaid(by newer: ManifestEntry) -> ManifestEntry {
        ManifestEntry(
            name: name,
            description: newer.description ?? description,
            metadata: Self.merge(metadata, newer.metadata, by: \.name) { $1 },
            isDirectory: isDirectory || newer.isDirectory,
            entries: Self.merge(entries, newer.entries, by: \.name) { $0.overlaid(by: $1) }
        )
    }

    /// Two lists in the order of their names become one.
    private static func merge<Item>(
        _ older: [Item],
        _ newer: [Item],
        by name: KeyPath<Item, String>,
        _ both: (Item, Item) -> Item
    ) -> [Item] {
        guard !older.isEmpty else { return newer }
        guard !newer.isEmpty else { return older }
        var merged: [Item] = []
        merged.reserveCapacity(older.count + newer.count)
        var left = older[...]
        var right = newer[...]
        while let first = left.first, let second = right.first {
            if first[keyPath: name].precedesInBytes(second[keyPath: name]) {
                merged.append(first)
                left.removeFirst()
            } else if second[keyPath: name].precedesInBytes(first[keyPath: name]) {
                merged.append(second)
                right.removeFirst()
            } else {
                merged.append(both(first, second))
                left.removeFirst()
                right.removeFirst()
            }
        }
        return merged + left + right
    }
}
