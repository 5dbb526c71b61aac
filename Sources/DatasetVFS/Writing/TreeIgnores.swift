internal import DatasetCache
internal import DatasetJournal
internal import DatasetManifest
internal import DatasetModel
internal import Synchronization

/// What the `.gitignore` files of the tree say (gitignore(5)): whatever is made where they ignore it stays here.
///
/// The files are read when something is about to be made below them (``VirtualFileSystem/learnIgnores(for:_:)``); what they
/// say is then asked for under locks, from memory. What the store has already is not touched by a rule, as with git.
final class TreeIgnores: Sendable {
    struct File: Sendable {
        var version: Version?
        var rules: IgnoreRules
    }

    private let catalog: Catalog
    /// By the inode of the directory.
    private let files = Mutex<[UInt64: File]>([:])

    init(catalog: Catalog) {
        self.catalog = catalog
    }

    subscript(directory: UInt64) -> File? {
        get { files.withLock { $0[directory] } }
        set { files.withLock { $0[directory] = newValue } }
    }

    func forgetAll() { files.withLock { $0 = [:] } }

    /// Says so of what is new to the store; from memory.
    func ignores(_ change: Change) -> Bool {
        guard change.location.pendingID != nil, !files.withLock({ $0.isEmpty }) else { return false }
        guard let parent = directory(at: change.parent) else { return false }
        var stack = IgnoreStack()
        for (directory, path) in catalog.lineage(of: parent) {
            // Under another name than when it was read it is read again before anything is made there.
            if let file = self[directory.inode], file.rules.directory == path { stack.add(file.rules) }
        }
        let above = catalog.path(of: parent.inode).dropFirst()
        let path = above.isEmpty ? change.name : above + "/" + change.name
        return stack.decision(for: path, isDirectory: change.kind == .directory).isIgnored
    }

    /// One that is just being published has its new location in the tree a moment before or after the changes know it.
    private func directory(at location: Location) -> Fact? {
        for place in [location, catalog.changes?.location(of: location) ?? location] {
            if let fact = try? catalog.facts.facts(at: place).first { return fact }
        }
        return nil
    }
}

extension Catalog {
    /// A directory and all above it, the top first, each with its path relative to the top.
    func lineage(of directory: Fact) -> [(directory: Fact, path: String)] {
        var facts = [directory]
        while let last = facts.last, last.inode != Inode.root.rawValue, let parent = try? fact(last.parent) {
            facts.append(parent)
        }
        var names: [String] = []
        return facts.reversed().map { fact in
            if fact.inode != Inode.root.rawValue { names.append(fact.name) }
            return (fact, names.joined(separator: "/"))
        }
    }
}
