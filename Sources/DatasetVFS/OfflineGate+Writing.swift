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
            try store.replace(location, version: version, with: content, ledger: ledger, until: cancellation)
        }
    }

    package func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        try pass(cancellation) { cancellation throws(StoreError) in
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
