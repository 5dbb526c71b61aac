import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetStores

@Suite("Edison.Store") struct EdisonStoreTests {
    private typealias Answer = ScriptedTransport.Answer
    private static let dataset = "GET /v0.1/data-storage/datasets/d1"

    private static func entry(_ id: String, _ members: String, _ locations: String = "", revision: String = "r1")
        -> Answer
    {
        .json(
            #"{"data_storage":{"id":"\#(id)","name":"\#(id)","status":"active","dataset_id":"d1",\#(members)},"#
                + #""storage_locations":[\#(locations)],"revision_id":"\#(revision)","current_revision_id":"\#(revision)"}"#
        )
    }

    private static func location(_ type: String, _ members: String = #""location":null"#, id: String = "l1") -> String {
        #"{"id":"\#(id)","storage_config":{"storage_type":"\#(type)","content_type":"file",\#(members)}}"#
    }

    private func children(_ store: Edison.Store, _ location: String) throws -> [Node] {
        var nodes: [Node] = []
        var cursor: Cursor?
        repeat {
            let page = try store.children(of: Location(location), after: cursor, until: Cancellation())
            nodes += page.nodes
            cursor = page.next
        } while cursor != nil
        return nodes
    }

    private func content(_ store: Edison.Store, _ node: Node) throws -> String {
        let sink = CollectingSink()
        try store.read(ByteRange(offset: 0, count: node.size ?? 0), of: node, into: sink, until: Cancellation())
        return String(decoding: sink.bytes, as: UTF8.self)
    }

    @Test("lists a dataset and everything in it with one request")
    func oneRequest() throws {
        let (store, transport) = try Edison.scripted { _ in
            .json(
                #"""
                {"dataset":{"id":"d1","name":"set"},"data_storage_entries":[
                 {"id":"a","name":"dir","created_at":"2026-01-01T00:00:00Z","dataset_id":"d1"},
                 {"id":"b","name":"below","parent_id":"a","created_at":"2026-01-01T00:00:01Z","dataset_id":"d1"},
                 {"id":"c","name":"text","parent_id":"b","content":"grün","file_path":"/x/y.md","dataset_id":"d1",
                  "description":"said","tags":["t"],"user_id":"me","share_status":"public","short_alias":"al","project_id":"p"},
                 {"id":"e","name":"file","parent_id":"b","file_path":"z.bin","dataset_id":"d1","status":"active"},
                 {"id":"f","name":"coming","parent_id":"b","file_path":"z.bin","dataset_id":"d1","status":"pending"}]}
                """#
            )
        }

        #expect(try children(store, "dataset/d1").map(\.name) == ["dir"])
        #expect(try children(store, "entry/a").map(\.name) == ["below"])
        let files = try children(store, "entry/b")

        #expect(transport.lines == ["POST /auth/login", Self.dataset])
        #expect(files.map(\.name) == ["text.md", "file.bin"])
        #expect(files.map(\.size) == [5, nil])
        #expect(files.allSatisfy { $0.version == nil && $0.kind == .file })
        let facts = files[0].attributes
        #expect(facts.description == "said")
        #expect(facts.tags == ["t"])
        #expect(
            [facts.id, facts.datasetID, facts.parentID, facts.projectID, facts.alias] == ["c", "d1", "b", "p", "al"]
        )
        #expect([facts.owner, facts.share] == ["me", "public"])
    }

    @Test("serves subdirectories from a recent answer, and asks again when it is old")
    func freshness() throws {
        let time = ManualTime()
        let (store, transport) = try Edison.scripted(time: time) { _ in
            .json(
                #"{"dataset":{"id":"d1"},"data_storage_entries":[{"id":"a"},{"id":"b","parent_id":"a","content":"x"}]}"#
            )
        }
        _ = try children(store, "dataset/d1")
        _ = try children(store, "dataset/d1")
        #expect(transport.count(Self.dataset) == 2)
        _ = try children(store, "entry/a")
        time.advance(by: .seconds(4))
        _ = try children(store, "entry/a")
        #expect(transport.count(Self.dataset) == 2)
        time.advance(by: .seconds(2))
        _ = try children(store, "entry/a")
        #expect(transport.count(Self.dataset) == 3)
    }

    @Test("asks for the name of a dataset without reading all of a large answer")
    func earlyEnd() throws {
        let filler = String(repeating: "x", count: 100_000)
        let entries = (0..<20).map { #"{"id":"e\#($0)","content":"\#(filler)"}"# }.joined(separator: ",")
        let (store, _) = try Edison.scripted { _ in
            // What is broken at the end is never reached.
            .json(
                #"{"dataset":{"id":"d1","name":"set","description":"of things"},"data_storage_entries":[\#(entries)}}}"#
            )
        }
        let node = try store.node(at: Location("dataset/d1"), until: Cancellation())
        #expect(node.name == "set")
        #expect(node.attributes.description == "of things")
        #expect(code { _ = try children(store, "dataset/d1") } == .corrupt)
    }

    @Test("reads a dataset's answer again when it breaks off", arguments: [1, 2, 3])
    func brokenListing(times: Int) throws {
        let left = Mutex(times)
        let (store, _) = try Edison.scripted { _ in
            var answer = Answer.json(#"{"dataset":{"id":"d1"},"data_storage_entries":[{"id":"a","content":"x"}]}"#)
            if left.withLock({
                $0 -= 1; return $0 >= 0
            }) {
                answer.breaksAfter = 40
            }
            return answer
        }
        let result = code { _ = try children(store, "dataset/d1") }
        #expect(result == (times < 3 ? nil : .reset))
    }

    @Test("tells what every kind of entry is")
    func kinds() throws {
        let object = #""signed_url":"https://objects.test/o","metadata":{"size":7,"token":"S"}"#
        let table = #""metadata":{"project_id":"p","dataset_id":"d","table_id":"t","password":"S"}"#
        let answers: [String: (Answer, String, NodeKind)] = [
            "text": (Self.entry("text", #""content":"abc""#, Self.location("raw_content")), "text", .file),
            "empty": (Self.entry("empty", #""content":"""#, Self.location("raw_content")), "empty", .file),
            "row": (
                Self.entry(
                    "row",
                    #""content":"{}""#,
                    Self.location("pg_table", #""metadata":{"table_name":"trajectories"}"#)
                ),
                "row", .file
            ),
            "file": (Self.entry("file", #""file_path":"a.bin""#, Self.location("gcs", object)), "file.bin", .file),
            "zip": (
                Self.entry("zip", #""is_collection":true,"file_path":"a.zip""#, Self.location("gcs", object)),
                "zip.zip", .file
            ),
            "many": (
                Self.entry(
                    "many",
                    #""is_collection":true"#,
                    Self.location("gcs", object) + "," + Self.location("gcs", object, id: "l2")
                ), "many", .directory
            ),
            "dir": (Self.entry("dir", #""content":null"#), "dir", .directory),
            "dir2": (Self.entry("dir2", #""content":null"#, Self.location("raw_content")), "dir2", .directory),
            "dir3": (Self.entry("dir3", #""content":null"#, Self.location("gcs")), "dir3", .directory),
            "link": (
                Self.entry(
                    "link",
                    #""content":"https://e.org/?a=b""#,
                    Self.location("link", #""metadata":{"api_key":"S"}"#)
                ),
                "link", .link(target: "https://e.org/?a=b")
            ),
            "bq": (Self.entry("bq", #""file_path":"x""#, Self.location("bigquery", table)), "bq.bigquery.json", .file),
            "es": (
                Self.entry("es", #""content":null"#, Self.location("elastic_search", table)), "es.elastic.json", .file
            ),
            "pg": (
                Self.entry(
                    "pg",
                    #""content":null"#,
                    Self.location("pg_table", #""metadata":{"table_name":"t","row_id":"1"}"#)
                ),
                "pg.postgres.json", .file
            ),
        ]
        let (store, _) = try Edison.scripted { request in
            if request.line == Self.dataset {
                return .json(#"{"dataset":{"id":"d1"},"data_storage_entries":[{"id":"text","content":"abc"}]}"#)
            }
            return answers[String(request.url.split(separator: "/").last ?? "")]?.0 ?? .json("{}", status: 500)
        }
        for (id, (_, name, kind)) in answers {
            let node = try store.node(at: Location("entry/\(id)"), until: Cancellation())
            #expect(node.name == name, "\(id)")
            #expect(node.kind == kind, "\(id)")
            #expect((node.size != nil && node.version != nil) == (kind == .file), "\(id)")
            #expect(!"\(node.attributes)".contains(#""S""#) && node.attributes.metadata["token"] == nil, "\(id)")
            if name.hasSuffix(".json") {
                let text = try content(store, node)
                #expect(text.contains(#""storage_type""#) && !text.contains(#""S""#), "\(text)")
                #expect(text.utf8.count == Int(node.size ?? 0))
            }
        }
        let objects = try children(store, "entry/many")
        #expect(objects.map(\.location) == [Location("entry/many/l1"), Location("entry/many/l2")])
        #expect(objects.map(\.size) == [7, 7])
        #expect(code { _ = try children(store, "entry/text") } == .invalid)
    }

    @Test("asks entries for their kind where the listing leaves it open, once")
    func openKinds() throws {
        let (store, transport) = try Edison.scripted { request in
            if request.line == Self.dataset {
                return .json(
                    #"""
                    {"dataset":{"id":"d1"},"data_storage_entries":[
                     {"id":"bq","name":"bq","dataset_id":"d1"},{"id":"ln","name":"ln","content":"https://e.org","dataset_id":"d1"},
                     {"id":"tx","name":"tx","content":"https is a word","dataset_id":"d1"},{"id":"di","name":"di","dataset_id":"d1"}]}
                    """#
                )
            }
            if request.line.hasSuffix("bq") { return Self.entry("bq", #""content":null"#, Self.location("bigquery")) }
            if request.line.hasSuffix("ln") {
                return Self.entry("ln", #""content":"https://e.org""#, Self.location("link"))
            }
            return Self.entry("di", #""content":null"#)
        }

        let nodes = try children(store, "dataset/d1")

        #expect(Set(nodes.map(\.name)) == ["bq.bigquery.json", "ln", "tx", "di"])
        #expect(nodes.first { $0.name == "ln" }?.kind == .link(target: "https://e.org"))
        #expect(transport.requests.count == 5)
        _ = try children(store, "dataset/d1")
        #expect(transport.requests.count == 6)
        #expect(try children(store, "entry/di").isEmpty)
    }

    @Test("is, at its root, the one dataset asked for")
    func singleDataset() throws {
        let (store, transport) = try Edison.scripted {
            $0.dataset = "d1"
        } _: { _ in
            .json(
                #"{"dataset":{"id":"d1","name":"set"},"data_storage_entries":[{"id":"a","name":"a.txt","content":"x"}]}"#
            )
        }
        let root = try store.node(at: .root, until: Cancellation())
        #expect(root.location == .root)
        #expect(root.attributes.id == "d1")
        #expect(try children(store, "").map(\.name) == ["a.txt"])
        #expect(Set(transport.lines) == ["POST /auth/login", Self.dataset])
        #expect(store.traits.listsEverything)
    }

    @Test("goes on with a listing where it ended, whatever was added or removed in between")
    func pages() throws {
        let ids = Mutex((0..<25).map { $0 })
        let time = ManualTime()
        let (store, _) = try Edison.scripted(time: time, pageSize: 10) { _ in
            let entries = ids.withLock { $0 }.map { number in
                #"{"id":"e\#(number + 100)","name":"n\#(number)","content":"x","created_at":"2026-01-01T00:00:\#(number + 10)Z"}"#
            }
            return .json(#"{"dataset":{"id":"d1"},"data_storage_entries":[\#(entries.joined(separator: ","))]}"#)
        }
        let first = try store.children(of: Location("dataset/d1"), after: nil, until: Cancellation())
        ids.withLock { $0.removeFirst(5) }
        _ = try children(store, "dataset/d1")

        let second = try store.children(of: Location("dataset/d1"), after: first.next, until: Cancellation())

        #expect(second.nodes.map(\.name) == (10..<20).map { "n\($0)" })
        #expect(
            code {
                _ = try store.children(of: Location("dataset/d1"), after: Cursor("junk"), until: Cancellation())
            } == .invalid
        )
    }
}
