internal import DatasetArchive
package import DatasetModel
package import DatasetSync

/// Collections are changed as a whole: what is in one is read only, the collection itself is the store's.
extension CollectionStore {
    package func check(_ creation: Creation) throws(StoreError) {
        guard CollectionAddress(creation.parent) == nil else { throw Self.unchangeable("a collection") }
        try inner.check(creation)
    }

    package func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        guard CollectionAddress(creation.parent) == nil else { throw Self.unchangeable("a collection") }
        let node = try inner.create(creation, content: content, ledger: ledger, until: cancellation)
        // An ordinary zip file stays the file that was written, for those who have it open, until it is listed.
        return creation.isCollection ? shown(node) : node
    }

    package func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        guard CollectionAddress(location) == nil else { throw Self.unchangeable("a collection") }
        return try inner.replace(location, version: version, with: content, ledger: ledger, until: cancellation)
    }

    /// Nothing is taken away of which something cannot be seen.
    package func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        guard let address = CollectionAddress(location) else {
            return try inner.remove(location, version: version, until: cancellation)
        }
        guard address.isTop else { throw Self.unchangeable("a collection") }
        let node = try shelf.node(of: address.archive, isRecent: false, until: cancellation)
        do throws(StoreError) {
            guard try shelf.open(node, until: cancellation).directory.members.isEmpty else {
                throw Self.unchangeable("a collection that holds something")
            }
        } catch {
            guard shelf.damage(of: address.archive) == nil else {
                throw Self.unchangeable("a collection whose directory cannot be read")
            }
            throw error
        }
        try inner.remove(address.archive, version: node.version, until: cancellation)
        shelf.forget(address.archive)
    }

    package func rename(
        _ location: Location,
        to name: String,
        in parent: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        guard CollectionAddress(parent) == nil else { throw Self.unchangeable("a collection") }
        guard let address = CollectionAddress(location) else {
            return try inner.rename(location, to: name, in: parent, until: cancellation)
        }
        guard address.isTop else { throw Self.unchangeable("a collection") }
        shelf.forget(address.archive)
        return shown(try inner.rename(address.archive, to: name, in: parent, until: cancellation))
    }

    package func setAttributes(
        _ change: AttributeChange,
        of location: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        guard let address = CollectionAddress(location) else {
            return try inner.setAttributes(change, of: location, until: cancellation)
        }
        guard address.isTop else {
            throw StoreError(.unsupported, "what lies in a collection has no description or tags of its own")
        }
        shelf.forget(address.archive)
        return shown(try inner.setAttributes(change, of: address.archive, until: cancellation))
    }

    package func outcome(of note: String, at location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        try inner.outcome(of: note, at: CollectionAddress(location)?.archive ?? location, until: cancellation)
    }

    package func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {
        try inner.abandon(note, until: cancellation)
    }

    static func unchangeable(_ what: String) -> StoreError {
        StoreError(
            .readOnly,
            "\(what) cannot be changed through the mount",
            remedy: "Copy it out, change the copy, and publish that as a collection of its own."
        )
    }
}
