package import DatasetModel
internal import DatasetSync

extension OfflineGate {
    /// What the control directory asks of a store besides its tree; the rest is for programs that mount nothing.
    package var powers: StorePowers {
        var powers = StorePowers()
        if let search = store.powers.search { powers.search = GatedSearch(gate: self, store: search) }
        if let versions = store.powers.versions { powers.versions = GatedVersions(gate: self, store: versions) }
        if let known = store.powers.identifiers { powers.identifiers = GatedIdentifiers(gate: self, store: known) }
        return powers
    }
}

private struct GatedSearch: SearchableStore {
    let gate: OfflineGate
    let store: any SearchableStore

    func search(_ query: SearchQuery, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> SearchPage
    {
        try gate.pass(cancellation) { cancellation throws(StoreError) in
            try store.search(query, after: cursor, until: cancellation)
        }
    }
}

private struct GatedIdentifiers: IdentifyingStore {
    let gate: OfflineGate
    let store: any IdentifyingStore

    func node(withID id: String, until cancellation: Cancellation) throws(StoreError) -> Node {
        try gate.pass(cancellation) { cancellation throws(StoreError) in
            try store.node(withID: id, until: cancellation)
        }
    }
}

private struct GatedVersions: VersionedStore {
    let gate: OfflineGate
    let store: any VersionedStore

    func revisions(of location: Location, until cancellation: Cancellation) throws(StoreError) -> [Revision] {
        try gate.pass(cancellation) { cancellation throws(StoreError) in
            try store.revisions(of: location, until: cancellation)
        }
    }

    func node(at location: Location, revision: RevisionName, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try gate.pass(cancellation) { cancellation throws(StoreError) in
            try store.node(at: location, revision: revision, until: cancellation)
        }
    }

    func restore(_ revision: RevisionName, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try gate.pass(cancellation) { cancellation throws(StoreError) in
            try store.restore(revision, of: location, until: cancellation)
        }
    }
}
