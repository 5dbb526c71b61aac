internal import DatasetModel
internal import DatasetVFS

/// Where something new goes.
struct NewPlace {
    var parent: Node
    /// As the store is to keep it.
    var name: String
}

extension StoreSession {
    /// The directory and name that a place stands for, when something new is to be made there.
    ///
    /// As cp(1) has it: what is a directory, or ends in a slash, takes the new thing under its own name.
    ///
    /// - Parameters:
    ///   - name: What the new thing is called in a directory; nil: the place itself names it.
    ///   - isDirectory: The place is a directory, there or not.
    ///   - makesParents: Directories that are missing on the way are made.
    func newPlace(_ place: TypedPlace, name: String?, isDirectory: Bool = false, makesParents: Bool)
        throws(Failure) -> NewPlace
    {
        let isDirectory = isDirectory || place.isMarkedDirectory
        if let mounted = place.mounted, let name, LocalStatus.isDirectory(mounted) {
            return NewPlace(parent: try find(place), name: name)
        }
        guard let last = place.path.last else {
            guard let name else { throw Failure(.wrongUsage, "\(place.typed): a name is missing.") }
            return NewPlace(parent: .root, name: name)
        }
        var parent = Node.root
        for part in place.path.dropLast() {
            parent = try directory(part, in: parent, place, makesParents: makesParents)
        }
        let isInto = isDirectory ? true : try child(last, of: parent)?.kind == .directory
        if let name, isInto {
            let directory = try directory(last, in: parent, place, makesParents: makesParents)
            return NewPlace(parent: directory, name: name)
        }
        guard !isDirectory else { throw Failure(.wrongUsage, "\(place.typed): a name is missing.") }
        return NewPlace(parent: parent, name: TreeName.unescaped(last))
    }

    private func directory(_ name: String, in parent: Node, _ place: TypedPlace, makesParents: Bool)
        throws(Failure) -> Node
    {
        if let node = try child(name, of: parent) {
            guard node.kind == .directory else {
                throw Failure(.failed, "\(place.typed): “\(name)” is no directory.")
            }
            return node
        }
        guard makesParents else {
            let above = parent.location == .root ? self.name : "“\(parent.name)”"
            throw Failure(
                .failed,
                "\(place.typed): there is no directory “\(name)” in \(above). --parents makes it; what was made a moment ago, and an empty dataset, is found by its id only."
            )
        }
        return try makeDirectory(TreeName.unescaped(name), in: parent)
    }

    func makeDirectory(_ name: String, in parent: Node) throws(Failure) -> Node {
        let creation = Creation(.directory, named: name, in: parent.location)
        return try run { store throws(StoreError) in
            try store.create(creation, content: nil, ledger: PassingLedger(), until: until)
        }
    }
}

extension Node {
    /// The top of a store, which nobody need be asked about.
    static let root = Node(location: .root, name: "", kind: .directory)
}
