import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetStores

/// A dataset that is being listed while it is changed from here.
@Suite("Edison.TreeCache and changes made here") struct EdisonEditTests {
    private static func entry(_ id: String, _ more: String = "") -> String {
        #"{"id":"\#(id)","name":"\#(id)","status":"active","content":"x","dataset_id":"d1","created_at":"2026-01-02T03:04:05Z"\#(more)}"#
    }

    private static func dataset(_ entries: [String]) -> ScriptedTransport.Answer {
        .json(#"{"dataset":{"id":"d1","name":"D"},"data_storage_entries":[\#(entries.joined(separator: ","))]}"#)
    }

    @Test("a listing that begins after a change shows it, though it shares an answer that was asked for before")
    func sharedAnswer() async throws {
        try await onThread { () throws(any Error) in
            let gate = Gate()
            let made = Self.entry("e2")
            let asked = Mutex(0)
            let (store, transport) = try Edison.scripted { request in
                switch request.method {
                case .post: return .json(#"{"data_storage":\#(made),"storage_locations":[]}"#)
                case .delete: return ScriptedTransport.Answer(status: 204)
                default: break
                }
                if request.url.hasSuffix("data-entries/e1") {
                    return .json(#"{"data_storage":\#(Self.entry("e1")),"storage_locations":[]}"#)
                }
                let number = asked.withLock { asked in
                    asked += 1
                    return asked
                }
                gate.pass()
                // Asked after the changes, the platform has them itself.
                return Self.dataset([number == 1 ? Self.entry("e1") : made])
            }
            let parent = Location("dataset/d1")
            let early = Mutex<[String]>([])
            let lister = OwnedThread(name: "lister") {
                let page = try? store.children(of: parent, after: nil, until: Cancellation())
                early.withLock { $0 = page?.nodes.map(\.name) ?? [] }
            }
            gate.waitForArrivals(1)
            let creation = Creation(.file, named: "e2.txt", in: parent)
            let text = ReferenceContent.text("x")
            _ = try store.create(creation, content: text, ledger: TestLedger(), until: Cancellation())
            try store.remove(Location("entry/e1"), version: nil, until: Cancellation())
            let opener = OwnedThread(name: "opener") { gate.open() }
            let page = try store.children(of: parent, after: nil, until: Cancellation())
            lister?.join()
            opener?.join()
            #expect(page.nodes.map(\.name) == ["e2"])
            #expect(transport.requests.count { $0.method == .get && $0.url.hasSuffix("datasets/d1") } <= 2)
        }
    }

    @Test("what the platform says later counts more than what was changed here")
    func laterAnswer() throws {
        let entries = Mutex([Self.entry("e1")])
        let (store, _) = try Edison.scripted { request in
            request.method == .post
                ? .json(#"{"data_storage":\#(Self.entry("e2")),"storage_locations":[]}"#)
                : Self.dataset(entries.withLock { $0 })
        }
        let parent = Location("dataset/d1")
        func names() throws -> [String] {
            try store.children(of: parent, after: nil, until: Cancellation()).nodes.map(\.name)
        }
        #expect(try names() == ["e1"])
        let creation = Creation(.file, named: "e2.txt", in: parent)
        let text = ReferenceContent.text("x")
        _ = try store.create(creation, content: text, ledger: TestLedger(), until: Cancellation())
        #expect(try store.trees.recent("d1", until: Cancellation()).records.map(\.id) == ["e1", "e2"])
        // Somebody else has removed it.
        #expect(try names() == ["e1"])
        #expect(try store.trees.recent("d1", until: Cancellation()).records.map(\.id) == ["e1"])
    }

    @Test("an entry that only brings another's content is in no listing, and not there when asked for")
    func sources() throws {
        let source = Self.entry("e2", #","tags":["datasetfs-source:e1"]"#)
        let (store, _) = try Edison.scripted { request in
            request.url.hasSuffix("data-entries/e2")
                ? .json(#"{"data_storage":\#(source),"storage_locations":[]}"#)
                : Self.dataset([Self.entry("e1"), source])
        }
        let page = try store.children(of: Location("dataset/d1"), after: nil, until: Cancellation())
        #expect(page.nodes.map(\.name) == ["e1"])
        #expect(code { _ = try store.node(at: Location("entry/e2"), until: Cancellation()) } == .notFound)
    }
}
