/// One thing to apply: what shall be said of the thing at a path.
package struct ManifestStatement: Sendable, Equatable {
    /// Names from the directory of the manifest; empty for that directory itself.
    package var path: [String]
    /// The manifest can only mean a directory.
    package var isDirectory: Bool
    /// Nil: leave it. Empty: there shall be none.
    package var description: String?
    /// Values as JSON text. `null` stands for a key that shall be gone.
    package var metadata: [String: String]
}

extension Manifest {
    /// Everything that is said, a directory before what it holds, names in the order of their bytes.
    package var statements: [ManifestStatement] {
        statements(differingFrom: Manifest())
    }

    /// What is said here and is not so yet in `present`: all that is left to apply.
    ///
    /// A description that is empty here and missing there is no difference, nor is a key that is `null` here and missing
    /// there.
    package func statements(differingFrom present: Manifest) -> [ManifestStatement] {
        var statements: [ManifestStatement] = []
        Self.collect(root, differingFrom: present.root, path: [], into: &statements)
        return statements
    }

    private static func collect(
        _ entry: ManifestEntry,
        differingFrom present: ManifestEntry?,
        path: [String],
        into statements: inout [ManifestStatement]
    ) {
        let description = entry.description.flatMap { text in
            text.hasSameBytes(as: present?.description ?? "") ? nil : text
        }
        var metadata: [String: String] = [:]
        for member in entry.metadata {
            let old = present?.metadata.first { $0.name.hasSameBytes(as: member.name) }?.value ?? .null
            let text = member.value.jsonText
            if !text.hasSameBytes(as: old.jsonText) { metadata[member.name] = text }
        }
        if description != nil || !metadata.isEmpty {
            statements.append(
                ManifestStatement(
                    path: path,
                    isDirectory: entry.isDirectory,
                    description: description,
                    metadata: metadata
                )
            )
        }
        for child in entry.entries {
            let old = present?.entry(named: child.name)
            collect(child, differingFrom: old, path: path + [child.name], into: &statements)
        }
    }
}
