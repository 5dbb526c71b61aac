import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport

@testable import DatasetStores

/// A local platform with a store that writes to it, and another user who looks at what came of it.
final class WritingWorld: Sendable {
    let server: LocalServer
    let user: PlatformUser
    let store: Edison.Store

    init(_ options: [String] = []) throws {
        server = try LocalServer(options)
        user = try PlatformUser(server.url)
        store = try Self.store(server)
    }

    /// Another process's store on the same platform.
    func anotherStore() throws -> Edison.Store { try Self.store(server) }

    private static func store(_ server: LocalServer) throws -> Edison.Store {
        var options = Edison.Options()
        options.baseURL = server.url
        return try Edison.Store(
            options: options,
            credentials: .apiKey(Edison.Secret(LocalServer.key)),
            transport: RetryingTransport(try CurlTransport(TransportConfiguration()))
        )
    }

    var patience: Cancellation { Cancellation(deadline: .after(.seconds(60))) }

    func make(
        _ kind: Creation.Kind,
        _ name: String,
        in parent: Location,
        _ content: ReferenceContent? = nil,
        ledger: TestLedger = TestLedger()
    ) throws -> Node {
        try store.create(Creation(kind, named: name, in: parent), content: content, ledger: ledger, until: patience)
    }

    func replace(_ node: Node, with content: ReferenceContent, ledger: TestLedger = TestLedger()) throws -> Node {
        try store.replace(
            node.location,
            version: node.version ?? Version(""),
            with: content,
            ledger: ledger,
            until: patience
        )
    }

    func remove(_ node: Node) throws {
        try store.remove(node.location, version: node.version, until: patience)
    }

    func names(_ location: Location, in other: Edison.Store? = nil) throws -> [String] {
        try (other ?? store).children(of: location, after: nil, until: patience).nodes.map(\.name).sorted()
    }

    func content(_ location: Location, in other: Edison.Store? = nil) throws -> [UInt8] {
        let store = other ?? store
        let node = try store.node(at: location, until: patience)
        let sink = CollectingSink()
        try store.read(ByteRange(offset: 0, count: node.size ?? 0), of: node, into: sink, until: patience)
        return sink.bytes
    }

    func fault(_ members: [String: Any]) throws {
        try user.call(.post, "/admin/faults", members)
    }

    /// Parts that the object store was sent so far.
    func parts() throws -> Int {
        let stats = try user.call(.get, "/admin/stats")
        return (stats["requests"] as? [String: Any])?["PUT /storage/parts/{id}/{number}"] as? Int ?? 0
    }

    /// Ids of the entries of a dataset, hidden ones too.
    func entries(of dataset: Node) throws -> [[String: Any]] {
        let answer = try user.call(.get, "\(PlatformUser.storage)/datasets/\(dataset.attributes.id ?? "")")
        return answer["data_storage_entries"] as? [[String: Any]] ?? []
    }
}
