import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetStores

@Suite("Edison.Store: what single answers mean") struct EdisonStoreNodeTests {
    private typealias Answer = ScriptedTransport.Answer

    private static func entry(_ id: String, _ members: String, _ locations: String = "", revision: String = "r1")
        -> Answer
    {
        .json(
            #"{"data_storage":{"id":"\#(id)","name":"\#(id)","status":"active","dataset_id":"d1",\#(members)},"#
                + #""storage_locations":[\#(locations)],"revision_id":"\#(revision)","current_revision_id":"\#(revision)"}"#
        )
    }

    private func content(_ store: Edison.Store, _ node: Node) throws -> String {
        let sink = CollectingSink()
        try store.read(ByteRange(offset: 0, count: node.size ?? 0), of: node, into: sink, until: Cancellation())
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    @Test("gives a text's version away with its revision, and its digest where it has none")
    func textVersions() throws {
        let text = Mutex(("abc", #""r1""#))
        let (store, transport) = try Edison.scripted { _ in
            let (content, revision) = text.withLock { $0 }
            return .json(
                #"{"data_storage":{"id":"e","name":"n","content":"\#(content)"},"storage_locations":[],"#
                    + #""revision_id":\#(revision),"current_revision_id":\#(revision)}"#
            )
        }
        func node() throws -> Node { try store.node(at: Location("entry/e"), until: Cancellation()) }
        var first = try node()
        #expect(first.version == Version("r:r1"))
        #expect(first.inlineContent == Array("abc".utf8))
        first.inlineContent = nil
        transport.forget()
        #expect(try content(store, first) == "abc")
        #expect(transport.requests.isEmpty, "it is still in memory")

        text.withLock { $0 = ("xyz", "null") }
        let second = try node()
        text.withLock { $0 = ("uvw", "null") }
        #expect(try node().version != second.version)
        let (fresh, _) = try Edison.scripted { _ in
            .json(#"{"data_storage":{"id":"e","name":"n","content":"uvw"},"storage_locations":[]}"#)
        }
        var old = second
        old.inlineContent = nil
        #expect(code { _ = try content(fresh, old) } == .versionGone)
    }

    @Test("asks for the revision it was told when a text is read later")
    func pinnedText() throws {
        let (store, transport) = try Edison.scripted { request in
            request.line.hasSuffix("?revision_id=r1")
                ? Self.entry("e", #""content":"old""#)
                : Self.entry("e", #""content":"new!""#, revision: "r2")
        }
        var node = Node(location: Location("entry/e"), name: "e", kind: .file, size: 3, version: Version("r:r1"))
        node.attributes.storageType = "raw_content"

        #expect(try content(store, node) == "old")
        #expect(transport.lines.last == "GET /v0.1/data-storage/data-entries/e?revision_id=r1")
        node.version = Version("t:00")
        #expect(code { _ = try content(store, node) } == .versionGone)
        node.version = Version("strange")
        #expect(code { _ = try content(store, node) } == .versionGone)
    }

    @Test("takes 404 for absence only when it is the platform's own word", arguments: ["entry/e", "dataset/d1"])
    func absence(location: String) throws {
        let answers: [(Answer, StoreError.Code)] = [
            (.json(#"{"detail":"Dataset not found"}"#, status: 404), .notFound),
            (.json(#"{"detail":"Not Found"}"#, status: 404), .unsupported),
            (.json("<html>404</html>", status: 404), .unsupported), (.json("", status: 502), .serverFailure),
            (.json("<html>login</html>"), .corrupt), (.json("{}"), .corrupt), (.json("[]"), .corrupt),
            (.json(#"{"data_storage":{"id":7}}"#), .corrupt), (.failing(.bodyTooLarge), .corrupt),
            (.failing(.cancelled(.deadline)), .timedOut),
        ]
        for (answer, expected) in answers {
            let (store, _) = try Edison.scripted { _ in answer }
            #expect(code { _ = try store.node(at: Location(location), until: Cancellation()) } == expected)
        }
    }

    @Test(
        "hides an entry that has no content yet, also when asked for it alone",
        arguments: ["pending", "failed", "disabled"]
    )
    func hidden(status: String) throws {
        let (store, _) = try Edison.scripted { _ in
            .json(
                #"{"data_storage":{"id":"e","name":"n","status":"\#(status)","file_path":"x"},"storage_locations":[]}"#
            )
        }
        #expect(code { _ = try store.node(at: Location("entry/e"), until: Cancellation()) } == .notFound)
    }

    @Test("answers damaged in any way give a value or an error of its own, never a crash")
    func mutations() throws {
        let answers = [
            #"{"data_storage":{"id":"e1","name":"n","status":"active","content":"abc","tags":["a"],"dataset_id":"d1"},"#
                + #""storage_locations":[{"id":"l1","storage_config":{"storage_type":"raw_content"}}],"revision_id":"r1"}"#,
            #"{"data_storage":{"id":"e1","name":"n","file_path":"a.b","is_collection":true},"storage_locations":["#
                + #"{"id":"l1","storage_config":{"storage_type":"gcs","location":"x/y","metadata":{"size":3},"signed_url":"https://o.test/1"}},"#
                + #"{"id":"l2","storage_config":{"storage_type":"gcs","location":"x/z","signed_url":"https://o.test/2"}}],"version":3}"#,
            #"{"dataset":{"id":"d1","name":"d"},"data_storage_entries":[{"id":"e1","name":"a","parent_id":"e2"},{"id":"e2","parent_id":"e1"}]}"#,
            #"[{"id":"e1","name":"n","dataset_id":"d1","user_id":"me","created_at":"2026-01-01T00:00:00Z"},{"id":"e3","name":"x"}]"#,
        ]
        try withSeed { random in
            let damaged = Mutex<[UInt8]>([])
            let (store, _) = try Edison.scripted { request in
                request.url.hasPrefix("https://o.test/")
                    ? .part(of: [1, 2, 3], for: request) : Answer(body: damaged.withLock { $0 })
            }
            for round in 0..<1500 {
                let bytes = Mutation.mutate(Array(answers[round % answers.count].utf8), using: &random)
                damaged.withLock { $0 = bytes }
                for location in ["", "entry/e1", "dataset/d1", "entry/e1/l2"] {
                    _ = code {
                        let node = try store.node(at: Location(location), until: Cancellation())
                        guard node.kind == .file, let size = node.size else { return }
                        let range = ByteRange(offset: 0, count: size)
                        try store.read(range, of: node, into: CollectingSink(), until: Cancellation())
                    }
                    _ = code { _ = try store.children(of: Location(location), after: nil, until: Cancellation()) }
                }
                _ = code { _ = try store.child(named: "alias", of: .root, until: Cancellation()) }
            }
        }
    }
}
