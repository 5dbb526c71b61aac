package import DatasetSync

/// What a store that cannot be written answers.
extension Store {
    package func check(_ creation: Creation) throws(StoreError) {
        throw readOnly
    }

    @available(*, noasync, message: "this may wait for the network")
    package func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        throw readOnly
    }

    @available(*, noasync, message: "this may wait for the network")
    package func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        throw readOnly
    }

    @available(*, noasync, message: "this may wait for the network")
    package func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        throw readOnly
    }

    @available(*, noasync, message: "this may wait for the network")
    package func rename(
        _ location: Location,
        to name: String,
        in parent: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        throw readOnly
    }

    @available(*, noasync, message: "this may wait for the network")
    package func setAttributes(
        _ change: AttributeChange,
        of location: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        throw readOnly
    }

    @available(*, noasync, message: "this may wait for the network")
    package func outcome(of note: String, at location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        nil
    }

    @available(*, noasync, message: "this may wait for the network")
    package func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {}

    private var readOnly: StoreError {
        StoreError(.readOnly, "\(traits.displayName) can only be read")
    }
}
