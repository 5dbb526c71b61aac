package import DatasetModel
package import DatasetSync

extension Edison.Store {
    package var powers: StorePowers {
        var powers = StorePowers()
        powers.search = self
        powers.versions = self
        powers.identifiers = self
        powers.registration = self
        powers.sharing = self
        powers.datasets = self
        powers.forms = self
        return powers
    }
}

extension Edison.Store: IdentifyingStore {
    /// `GET …/datasets/{id}`, then `GET …/data-entries/{id or alias}`.
    package func node(withID id: String, until cancellation: Cancellation) throws(StoreError) -> Node {
        let plain = Edison.Identifier.withoutScheme(id)
        try cancellation.check(during: "looking for “\(Edison.Detail.printable(plain, limit: 80))”")
        if Edison.Identifier.isUUID(plain) { return try datasetOrEntry(plain.lowercased(), until: cancellation) }
        if Edison.Identifier.checked(plain) != nil, let node = try node(withAlias: plain, until: cancellation) {
            return node
        }
        throw StoreError(.notFound, "there is nothing with the id “\(Edison.Detail.printable(plain, limit: 80))”")
    }
}

extension Edison.Store {
    /// The id of the entry at a location.
    ///
    /// - Parameter what: Completes the refusal of anything else: `… can be shared`.
    func entryID(_ location: Location, _ what: String) throws(StoreError) -> String {
        guard case .entry(let id) = try Edison.Address(location) else {
            throw StoreError(.unsupported, "only entries \(what), and \(location) is none")
        }
        return id
    }
}
