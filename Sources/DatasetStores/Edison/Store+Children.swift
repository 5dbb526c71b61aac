package import DatasetModel
package import DatasetSync

extension Edison.Store {
    /// The root costs the search and one broken-off `GET dataset` for each name; a dataset one `GET dataset`, which also
    /// serves every directory in it for a while.
    package func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        try cancellation.check(during: "listing \(location)")
        return try children(of: location, after: cursor, isRecent: false, until: cancellation)
    }

    /// - Parameter isRecent: A dataset's tree that was asked for a moment ago will do.
    func children(of location: Location, after cursor: Cursor?, isRecent: Bool, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        switch try Edison.Address(location) {
        case .root:
            if let id = options.dataset {
                return try children(ofDataset: id, after: cursor, isRecent: isRecent, until: cancellation)
            }
            return Page(nodes: try rootChildren(until: cancellation))
        case .dataset(let id):
            return try children(ofDataset: id, after: cursor, isRecent: isRecent, until: cancellation)
        case .entry(let id): return try children(ofEntry: id, after: cursor, until: cancellation)
        case .object(let id, _): throw Self.notADirectory(id)
        }
    }

    private func children(
        ofDataset id: String,
        after cursor: Cursor?,
        isRecent: Bool,
        until cancellation: Cancellation
    ) throws(StoreError) -> Page {
        let tree: Edison.Tree
        if cursor != nil {
            tree = try trees.continued(id, until: cancellation)
        } else if isRecent {
            tree = try trees.recent(id, until: cancellation)
        } else {
            tree = try trees.current(id, until: cancellation)
        }
        return try page(of: tree.top, in: tree, after: cursor, until: cancellation)
    }

    private func children(ofEntry id: String, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        var home = trees.home(of: id)
        // The objects of one entry stand in no tree.
        if let dataset = home, shapes.lastShape(of: id) != .objects {
            let tree =
                cursor == nil
                ? try trees.recent(dataset, until: cancellation) : try trees.continued(dataset, until: cancellation)
            if let index = tree.index(of: id) {
                let known = tree.hasChildren(index) ? .directory : shapes.shape(of: tree.records[Int(index)])
                switch known {
                case .directory:
                    return try page(of: tree.children(of: index), in: tree, after: cursor, until: cancellation)
                case .text, .object, .link, .reference: throw Self.notADirectory(id)
                case .objects, nil: break
                }
            } else {
                home = nil
            }
        }
        let answer = try client.entry(id, until: cancellation)
        switch try shape(of: answer) {
        case .objects: return Page(nodes: Self.objectNodes(answer))
        case .directory: break
        case .text, .object, .link, .reference:
            // An entry with content that others name as their parent is a directory all the same.
            guard home == nil, let dataset = answer.entry.datasetID else { throw Self.notADirectory(id) }
            let tree = try trees.recent(dataset, until: cancellation)
            guard let index = tree.index(of: answer.entry.id), tree.hasChildren(index) else {
                throw Self.notADirectory(id)
            }
            return try page(of: tree.children(of: index), in: tree, after: cursor, until: cancellation)
        }
        guard let dataset = answer.entry.datasetID else {
            return try looseChildren(of: answer.entry.id, after: cursor, until: cancellation)
        }
        let tree = try trees.recent(dataset, until: cancellation)
        // A directory made after the tree was asked for: it is empty as far as is known.
        guard let index = tree.index(of: answer.entry.id) else { return Page(nodes: []) }
        return try page(of: tree.children(of: index), in: tree, after: cursor, until: cancellation)
    }

    private static func notADirectory(_ id: String) -> StoreError {
        StoreError(.invalid, "entry \(id) is no directory")
    }

    private static func objectNodes(_ answer: Edison.EntryAnswer) -> [Node] {
        let names = Edison.FileName.ofObjects(answer)
        return answer.locations.indices.map { index in
            var node = Edison.NodeBuilder.objectNode(answer, at: index, name: names[index])
            if !answer.locations[index].isForeign { node.size = answer.locations[index].declaredSize }
            return node
        }
    }

    /// A directory outside of any dataset: only the search can tell what names it as its parent.
    private func looseChildren(of id: String, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        guard options.searches else { return Page(nodes: []) }
        let enumeration = Edison.Enumeration(client: client, options: options)
        let hits = try enumeration.hits([.equals("parent_id", id)], until: cancellation).records
        var dataset = Edison.DatasetRecord(id: id, name: id)
        dataset.created = nil
        let tree = Edison.Tree(dataset: dataset, records: hits.filter { $0.parentID == id && $0.id != id })
        return try page(of: tree.top, in: tree, after: cursor, until: cancellation)
    }
}
