internal import DatasetModel

/// What a store says of one thing, for people: one fact a line, or everything on one line.
enum NodeText {
    static func facts(_ node: Node) -> String {
        let row = NodeRow(node)
        let facts: [(String, String?)] = [
            ("name", row.name), ("id", row.id), ("kind", row.isCollection == true ? "collection" : row.kind),
            ("target", row.target), ("size", row.size.map { "\($0) bytes" }), ("description", row.description),
            ("tags", row.tags.isEmpty ? nil : row.tags.joined(separator: ", ")), ("dataset", row.datasetID),
            ("parent", row.parentID), ("project", row.projectID), ("alias", row.alias), ("status", row.status),
            ("storage", [row.storageType, row.contentType].compactMap(\.self).joined(separator: ", ")),
            ("version", row.version), ("owner", row.owner), ("shared", row.share), ("created", row.createdAt),
            ("modified", row.modifiedAt),
        ]
        let digests = (row.digests ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, Optional($0.value)) }
        let metadata = node.attributes.metadata.sorted { $0.key < $1.key }.map {
            ("metadata.\($0.key)", Optional($0.value))
        }
        return (facts + digests + metadata).compactMap { name, value in
            guard let value, !value.isEmpty else { return nil }
            return "\(name):".padded(to: 14) + printable(value)
        }.joined(separator: "\n")
    }

    /// `id  kind  name  description`, with tabs between.
    static func line(_ node: Node) -> String {
        let mark = node.kind == .directory ? "/" : ""
        let about = node.attributes.description.map { "\t" + printable($0) } ?? ""
        return "\(node.attributes.id ?? "-")\t\(printable(node.name))\(mark)\(about)"
    }

    /// One line without control characters: what others wrote must not steer a terminal.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
            )
        )
    }
}

extension String {
    func padded(to width: Int) -> String {
        count < width ? self + String(repeating: " ", count: width - count) : self + " "
    }
}
