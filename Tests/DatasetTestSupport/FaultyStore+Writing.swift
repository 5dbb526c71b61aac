package import DatasetModel
package import DatasetSync
internal import Synchronization

extension FaultyStore {
    package func check(_ creation: Creation) throws(StoreError) {
        try base.check(creation)
    }

    @available(*, noasync, message: "this may wait for the network")
    package func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        state.withLock { $0.creations.append(creation) }
        let fault = try begin(.create, creation.parent, named: creation.name, cancellation)
        let content = content.map { FaultyContent($0, fault, cancellation) }
        defer { count(content) }
        let node = try base.create(creation, content: content, ledger: ledger, until: cancellation)
        try end(fault, cancellation)
        return fault?.applied(to: node) ?? node
    }

    @available(*, noasync, message: "this may wait for the network")
    package func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        let fault = try begin(.replace, location, cancellation)
        let content = FaultyContent(content, fault, cancellation)
        defer { count(content) }
        let node = try base.replace(location, version: version, with: content, ledger: ledger, until: cancellation)
        try end(fault, cancellation)
        return fault?.applied(to: node) ?? node
    }

    @available(*, noasync, message: "this may wait for the network")
    package func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        let fault = try begin(.remove, location, cancellation)
        try base.remove(location, version: version, until: cancellation)
        try end(fault, cancellation)
    }

    @available(*, noasync, message: "this may wait for the network")
    package func rename(
        _ location: Location,
        to name: String,
        in parent: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        let fault = try begin(.rename, location, named: name, cancellation)
        let node = try base.rename(location, to: name, in: parent, until: cancellation)
        try end(fault, cancellation)
        return fault?.applied(to: node) ?? node
    }

    @available(*, noasync, message: "this may wait for the network")
    package func setAttributes(
        _ change: AttributeChange,
        of location: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        let fault = try begin(.setAttributes, location, cancellation)
        let node = try base.setAttributes(change, of: location, until: cancellation)
        try end(fault, cancellation)
        return fault?.applied(to: node) ?? node
    }

    @available(*, noasync, message: "this may wait for the network")
    package func outcome(of note: String, at location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        try base.outcome(of: note, at: location, until: cancellation)
    }

    @available(*, noasync, message: "this may wait for the network")
    package func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {
        let fault = try begin(.abandon, .root, cancellation)
        try base.abandon(note, until: cancellation)
        try end(fault, cancellation)
    }

    private func count(_ content: FaultyContent?) {
        state.withLock { $0.written += content?.taken ?? 0 }
    }
}
