import DatasetModel
import DatasetSync
import Synchronization

/// The line between one life of a mount and the store: once it is cut, nothing goes out and no answer comes in any more.
final class CutStore: Store {
    private let base: any Store
    private let isCut = Atomic(false)

    init(_ base: any Store) {
        self.base = base
    }

    var traits: StoreTraits { base.traits }

    func cut() { isCut.store(true, ordering: .sequentiallyConsistent) }

    private func pass<Answer>(_ body: () throws(StoreError) -> Answer) throws(StoreError) -> Answer {
        try check()
        let answer = try body()
        try check()
        return answer
    }

    private func check() throws(StoreError) {
        guard !isCut.load(ordering: .sequentiallyConsistent) else {
            throw StoreError(.unreachable, "the line to the store is cut")
        }
    }

    func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        try pass { () throws(StoreError) in try base.node(at: location, until: cancellation) }
    }

    func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        try pass { () throws(StoreError) in try base.children(of: location, after: cursor, until: cancellation) }
    }

    func child(named name: String, of location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        try pass { () throws(StoreError) in try base.child(named: name, of: location, until: cancellation) }
    }

    func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
    {
        try pass { () throws(StoreError) in try base.read(range, of: node, into: sink, until: cancellation) }
    }

    func check(_ creation: Creation) throws(StoreError) { try base.check(creation) }

    func create(
        _ creation: Creation,
        content: (any StagedContent)?,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try pass { () throws(StoreError) in
            try base.create(creation, content: content, ledger: ledger, until: cancellation)
        }
    }

    func replace(
        _ location: Location,
        version: Version,
        with content: any StagedContent,
        ledger: any UploadLedger,
        until cancellation: Cancellation
    ) throws(StoreError) -> Node {
        try pass { () throws(StoreError) in
            try base.replace(location, version: version, with: content, ledger: ledger, until: cancellation)
        }
    }

    func remove(_ location: Location, version: Version?, until cancellation: Cancellation) throws(StoreError) {
        try pass { () throws(StoreError) in try base.remove(location, version: version, until: cancellation) }
    }

    func rename(_ location: Location, to name: String, in parent: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try pass { () throws(StoreError) in
            try base.rename(location, to: name, in: parent, until: cancellation)
        }
    }

    func setAttributes(_ change: AttributeChange, of location: Location, until cancellation: Cancellation)
        throws(StoreError) -> Node
    {
        try pass { () throws(StoreError) in
            try base.setAttributes(change, of: location, until: cancellation)
        }
    }

    func outcome(of note: String, at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node? {
        try pass { () throws(StoreError) in try base.outcome(of: note, at: location, until: cancellation) }
    }

    func abandon(_ note: String, until cancellation: Cancellation) throws(StoreError) {
        try pass { () throws(StoreError) in try base.abandon(note, until: cancellation) }
    }
}
