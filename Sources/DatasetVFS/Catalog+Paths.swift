internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel

/// Where things stand below the mount point; every path begins with `/`.
extension Catalog {
    func path(of inode: UInt64) -> String {
        var names: [String] = []
        var current = inode
        while current != Inode.root.rawValue, let fact = try? fact(current) {
            names.append(fact.name)
            current = fact.parent
        }
        return "/" + names.reversed().joined(separator: "/")
    }

    func path(of name: String, in parent: UInt64) -> String {
        let directory = path(of: parent)
        return directory == "/" ? "/" + name : directory + "/" + name
    }

    /// Nil where nobody has looked at the directory since the facts were made.
    func knownPath(of change: Change) -> String? {
        guard let parents = try? facts.facts(at: change.parent), let parent = parents.first else { return nil }
        return path(of: change.name, in: parent.inode)
    }

    func path(of change: Change) -> String {
        knownPath(of: change) ?? "/…/" + change.name
    }
}
