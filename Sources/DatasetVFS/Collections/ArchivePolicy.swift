internal import DatasetModel

/// Which zip files are shown as directories (`--archives`).
package enum ArchivePolicy: String, Sendable, CaseIterable {
    /// None: every file is the file it is.
    case never = "none"
    /// Those of which the store says that they stand for a directory.
    case collections
    /// Every file whose name ends in `.zip`.
    case all

    /// Documents that merely are zips inside (xlsx, docx, odt, jar, …) have other names and stay files.
    func opens(_ node: Node) -> Bool {
        guard node.kind == .file, Self.isZip(node.name) else { return false }
        switch self {
        case .never: return false
        case .collections: return node.attributes.isCollection == true
        case .all: return true
        }
    }

    /// A collection's own name; an ordinary zip file keeps its ending, so that the two never meet.
    static func directoryName(of node: Node) -> String {
        guard node.attributes.isCollection == true, isZip(node.name), node.name.utf8.count > 4 else { return node.name }
        return String(node.name.dropLast(4))
    }

    private static func isZip(_ name: String) -> Bool {
        name.utf8.count >= 4 && name.suffix(4).lowercased() == ".zip"
    }
}
