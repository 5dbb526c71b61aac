package import DatasetModel
package import DatasetSync

extension Edison.Store {
    /// At the root: a dataset or entry by id, an entry by alias or `data_entry:` id, either by name. Elsewhere by name, in
    /// a tree that was asked for a moment ago.
    package func child(named name: String, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try cancellation.check(during: "looking for “\(Edison.Detail.printable(name))”")
        guard location == .root, options.dataset == nil else {
            return try listedChild(named: name, of: location, until: cancellation)
        }
        let id = Edison.Identifier.withoutScheme(name)
        if Edison.Identifier.isUUID(id) { return try datasetOrEntry(id.lowercased(), until: cancellation) }
        if let dataset = roots.dataset(named: name) {
            return directory(try client.datasetFacts(dataset, until: cancellation))
        }
        // Programs look for hidden files everywhere; no platform has names like that.
        guard !id.isEmpty, !id.hasPrefix(".") else { throw absent(name) }
        if Edison.Identifier.mayBeAlias(id), let node = try node(withAlias: id, until: cancellation) { return node }
        return try looseEntry(named: name, until: cancellation)
    }

    private func listedChild(named name: String, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        var cursor: Cursor?
        repeat {
            let page = try children(of: location, after: cursor, isRecent: true, until: cancellation)
            if let node = page.nodes.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) {
                guard case .entry(let id) = try Edison.Address(node.location) else { return node }
                return try entryNode(id, until: cancellation)
            }
            cursor = page.next
        } while cursor != nil
        throw absent(name)
    }

    private func absent(_ name: String) -> StoreError {
        StoreError(.notFound, "\(traits.displayName) has nothing named “\(Edison.Detail.printable(name))” there")
    }

    func datasetOrEntry(_ id: String, until cancellation: Cancellation) throws(StoreError) -> Node {
        do throws(StoreError) {
            let dataset = try client.datasetFacts(id, until: cancellation)
            roots.open(dataset: id)
            return directory(dataset)
        } catch {
            guard error.code == .notFound else { throw error }
        }
        return try entryNode(id, until: cancellation)
    }

    /// `GET …/data-entries/{alias}`
    ///
    /// - Returns: Nil when no entry has that alias.
    func node(withAlias alias: String, until cancellation: Cancellation) throws(StoreError) -> Node? {
        do throws(StoreError) {
            return try entryNode(try client.entry(alias, until: cancellation), until: cancellation)
        } catch {
            // What cannot be an alias is refused as malformed.
            guard error.code == .notFound || error.code == .invalid else { throw error }
            return nil
        }
    }

    private func looseEntry(named name: String, until cancellation: Cancellation) throws(StoreError) -> Node {
        guard options.searches else { throw absent(name) }
        let hits: Edison.SearchPage
        do throws(StoreError) {
            hits = try client.search([.equals("name", name)], limit: 50, offset: 0, until: cancellation)
        } catch {
            guard error.code == .invalid else { throw error }
            throw absent(name)
        }
        let user = options.includesShared ? nil : roots.user
        let own = hits.records.sorted(by: Edison.Tree.precedes).filter { hit in
            hit.name == name && hit.tellsDataset && hit.datasetID == nil && hit.parentID == nil
                && (user == nil || hit.owner == nil || hit.owner == user)
        }
        for hit in own {
            do throws(StoreError) {
                return try entryNode(hit.id, until: cancellation)
            } catch {
                // The index still shows what is gone.
                guard error.code == .notFound else { throw error }
            }
        }
        guard hits.damaged.isEmpty else {
            throw StoreError(Edison.Malformed("what has that name cannot be read"), answering: "the search")
        }
        throw absent(name)
    }
}
