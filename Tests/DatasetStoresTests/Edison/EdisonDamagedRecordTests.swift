import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Synchronization
import Testing

@testable import DatasetStores

/// One record that cannot be read must not hide the others.
@Suite("Edison.Store with damaged records") struct EdisonDamagedRecordTests {
    private static let damaged = [
        "7", "null", "[]", #""x""#, "{}", #"{"name":"no id"}"#, #"{"id":7,"name":"n"}"#, #"{"id":"b","name":["n"]}"#,
        #"{"id":"b","name":"n","tags":"t"}"#, #"{"id":"b","name":"n","dataset_id":{}}"#,
        #"{"id":"b","name":"n","is_collection":"yes"}"#, #"{"id":"b","name":"n","created_at":12}"#,
    ]

    private static func hit(_ number: Int) -> String {
        #"{"id":"e\#(number)","name":"n","user_id":"me","share_status":"private","dataset_id":"d\#(number)"}"#
    }

    private func store(searching: @escaping @Sendable () -> String, entries: String = "") throws -> Edison.Store {
        try Edison.scripted { request in
            if request.line.hasSuffix("/search") { return .json("[\(searching())]") }
            guard let range = request.line.range(of: "/datasets/") else { return .json("[]") }
            let id = request.line[range.upperBound...]
            return .json(#"{"dataset":{"id":"\#(id)","name":"set \#(id)"},"data_storage_entries":[\#(entries)]}"#)
        }.store
    }

    private func names(_ store: Edison.Store, _ location: Location = .root) throws -> [String] {
        try store.children(of: location, after: nil, until: Cancellation()).nodes.map(\.name)
    }

    private func note(_ store: Edison.Store, _ location: Location = .root) throws -> String? {
        try store.node(at: location, until: Cancellation()).attributes.metadata["listing"]
    }

    @Test("the root shows what the other hits tell, and says that one is left out", arguments: damaged)
    func hits(damaged: String) throws {
        let store = try store { [Self.hit(1), damaged, Self.hit(2)].joined(separator: ",") }

        #expect(try names(store) == ["set d1", "set d2"])
        #expect(try note(store)?.contains("one entry is not shown") == true)
    }

    @Test("a dataset shows its other entries, and says that one is left out", arguments: damaged)
    func entries(damaged: String) throws {
        let entries = [#"{"id":"a","name":"a","content":"x"}"#, damaged, #"{"id":"c","name":"c","content":"x"}"#]
        let store = try store(searching: { "" }, entries: entries.joined(separator: ","))

        #expect(try names(store, Location("dataset/d1")) == ["a", "c"])
        #expect(try note(store, Location("dataset/d1"))?.contains("one entry is not shown") == true)
        #expect(try note(store, Location("dataset/d2")) == nil)
    }

    @Test(
        "what was found before does not vanish behind a hit that cannot be read now, and the note goes with the damage"
    )
    func notForgotten() throws {
        let answers = Mutex([Self.hit(1), Self.hit(2)])
        let store = try store { answers.withLock { $0.joined(separator: ",") } }
        #expect(try names(store) == ["set d1", "set d2"])
        #expect(try note(store) == nil)

        answers.withLock { $0[1] = #"{"id":"e2","name":7}"# }
        #expect(try names(store) == ["set d1", "set d2"])
        #expect(try note(store) != nil)

        answers.withLock { $0 = [Self.hit(1)] }
        #expect(try names(store) == ["set d1"])
        #expect(try note(store) == nil)
    }

    @Test("hits that cannot be read count where pages are counted")
    func pages() throws {
        let offsets = Mutex<[String]>([])
        let (store, _) = try Edison.scripted {
            $0.userID = "me"
            $0.searchPage = 10
        } _: { request in
            guard request.line.hasSuffix("/search") else {
                return .json(#"{"dataset":{"id":"d1","name":"set"},"data_storage_entries":[]}"#)
            }
            let isFirst = request.bodyText.contains(#""offset":0"#)
            offsets.withLock { $0.append(String(isFirst)) }
            let page = isFirst ? Array(repeating: #"{"id":"b","name":7}"#, count: 10) : [Self.hit(1)]
            return .json("[\(page.joined(separator: ","))]")
        }
        #expect(try names(store) == ["set"])
        #expect(offsets.withLock { $0 } == ["true", "false"])
        #expect(try note(store)?.contains("one entry") == true)
    }

    @Test("a name that only a damaged hit bears is not taken for absent")
    func lookup() throws {
        let store = try store { #"{"id":"b","name":"two words","tags":7}"# }
        #expect(code { _ = try store.child(named: "two words", of: .root, until: Cancellation()) } == .corrupt)
    }

    @Test("an answer that is no list at all is damage of the whole")
    func shape() throws {
        let (store, _) = try Edison.scripted { _ in .json(#"{"hits":[]}"#) }
        #expect(code { _ = try names(store) } == .corrupt)
    }
}
