internal import DatasetModel

extension DirectoryFacts {
    /// What can be said of a directory that nobody has described.
    func sentence(of tree: FactsTree) -> String {
        var files = 0
        var directories = 0
        for item in tree.items {
            switch item.facts.kind {
            case .file: files += 1
            case .directory: directories += 1
            case .link: break
            }
        }
        let below = directories == 0 ? "" : directories == 1 ? " and 1 directory" : " and \(directories) directories"
        return "\(name.isEmpty ? "A directory" : name) with \(files == 1 ? "1 file" : "\(files) files")\(below)."
    }

    /// The license as it may be handed on; nil where none is stated, and where it is a URL that could hold a secret.
    var statedLicense: String? {
        guard let license, !license.isEmpty else { return nil }
        return license.contains("://") ? PublicURL.checked(license) : license
    }

    /// The day of this state: when the directory was changed or made, else when the latest thing in it was; nil where no time
    /// is known at all.
    func latest(in tree: FactsTree) -> Timestamp? {
        modified ?? created ?? tree.items.lazy.compactMap { $0.facts.modified ?? $0.facts.created }.max()
    }
}
