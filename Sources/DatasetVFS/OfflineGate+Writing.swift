package import DatasetModel
package import DatasetSync

extension OfflineGate {
    package func check(_ creation: Creation) throws(StoreError) {
        try store.check(creation)
    }

    package func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.create(creation, content: content, ledger: ledger, until: cancellation)
        }
    }

    package func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try pass(cancellation) { cancellation throws(StoreError) in
            let version = try actual(version, at: location, until: cancellation)
            return try store.replace(location, version: version, with: content, ledger: ledger, until: cancellation)
        }
    }

    /// The version that is there, where all that is known of it is what a listing told.
    private func actual(_ version: Version, at location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Version
    {
        guard version.isTold else { return version }
        let node = try store.node(at: location, until: cancellation)
        // None that a store ever had: it says conflict, unless an earlier try of this very change has made what is there.
        return (version.isTold(of: node) ? node.version : nil) ?? Version("")
    }

    package func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        try pass(cancellation) { cancellation throws(StoreError) in
            let version = try version.map { version throws(StoreError) in
                try actual(version, at: location, until: cancellation)
            }
            try store.remove(location, version: version, until: cancellation)
        }
    }

    package func rename(
        _ location: Location,
        to name: String,
        in parent: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.rename(location, to: name, in: parent, until: cancellation)
        }
    }

    package func setAttributes(
        _ change: AttributeChange,
        of location: Location,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.setAttributes(change, of: location, until: cancellation)
        }
    }

    package func outcome(of note: String, at location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node?
    {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.outcome(of: note, at: location, until: cancellation)
        }
    }

    package func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {
        try pass(cancellation) { cancellation throws(StoreError) in
            try store.abandon(note, until: cancellation)
        }
    }
}
