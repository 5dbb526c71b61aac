internal import DatasetFUSE
internal import DatasetModel
internal import DatasetSync
internal import DatasetVFS

extension StoreSession {
    /// The thing at a place, as far as a listing tells.
    ///
    /// Names are those of the mounted tree. A place on a mount is found by the id that the mount tells.
    func find(_ place: TypedPlace) throws(Failure) -> Node {
        if let mounted = place.mounted, let identifiers = store.powers.identifiers,
            let id = MountedAttribute.value(of: "user.datasetfs.id", at: mounted)
        {
            return try run { _ throws(StoreError) in try identifiers.node(withID: id, until: until) }
        }
        return try find(place.path, typed: place.typed)
    }

    func find(_ path: [String], typed: String) throws(Failure) -> Node {
        var node = Node.root
        for name in path {
            guard let next = try child(name, of: node) else {
                let above = node.location == .root ? self.name : "“\(node.name)”"
                throw Failure(.failed, "\(typed): there is no “\(name)” in \(above). \(remedy(node))")
            }
            node = next
        }
        return node
    }

    private func remedy(_ directory: Node) -> String {
        directory.location == .root && !store.traits.listsEverything
            ? "What was made a moment ago, and an empty dataset, is found by its id only."
            : "“datasetfs ls” and a mount show what is there."
    }

    /// The thing with everything that the store tells of it.
    func facts(_ place: TypedPlace) throws(Failure) -> Node {
        let node = try find(place)
        return try run { store throws(StoreError) in try store.node(at: node.location, until: until) }
    }

    /// A child by its name in the mounted tree, by its name at the store, or at the root by its id; nil when there is none.
    func child(_ name: String, of directory: Node) throws(Failure) -> Node? {
        try run { store throws(StoreError) in
            if directory.location == .root, let node = try node(withID: name) { return node }
            guard directory.kind == .directory else { return nil }
            let nodes = try children(of: directory.location)
            if let index = TreeName.unique(nodes).firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) {
                return nodes[index]
            }
            do throws(StoreError) {
                return try store.child(named: TreeName.unescaped(name), of: directory.location, until: until)
            } catch {
                guard error.code == .notFound else { throw error }
                return nil
            }
        }
    }

    /// What bears that id, should the name be one.
    private func node(withID name: String) throws(StoreError) -> Node? {
        guard let identifiers = store.powers.identifiers, name.utf8.count >= 36 else { return nil }
        do throws(StoreError) {
            return try identifiers.node(withID: name, until: until)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    func children(of location: Location) throws(StoreError) -> [Node] {
        var nodes: [Node] = []
        var cursor: Cursor?
        repeat {
            let page = try store.children(of: location, after: cursor, until: until)
            nodes += page.nodes
            cursor = page.next
        } while cursor != nil
        return nodes
    }
}
