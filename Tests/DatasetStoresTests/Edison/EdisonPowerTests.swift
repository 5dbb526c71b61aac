import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetStores

@Suite(
    "Edison.Store's powers on a local platform",
    .serialized,
    .enabled(if: LocalServer.absence == nil, "no datasetfs-server")
)
struct EdisonPowerTests {
    @Test("registers objects in a bucket, a table's row and a BigQuery table")
    func registers() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let bucket = URL(fileURLWithPath: "\(world.server.directory.path)/root/buckets/lab/runs")
            try FileManager.default.createDirectory(at: bucket, withIntermediateDirectories: true)
            try Data("\0one".utf8).write(to: bucket.appendingPathComponent("1.bin"))
            try Data("\0two".utf8).write(to: bucket.appendingPathComponent("2.bin"))
            let row = UUID().uuidString.lowercased()
            try world.user.call(.post, "/admin/trajectories", ["id": row, "data": ["answer": 42]])
            func register(_ source: ExistingSource, _ name: String) throws -> Node {
                var creation = Creation(.file, named: name, in: dataset.location)
                creation.description = "about \(name)"
                creation.tags = ["elsewhere"]
                return try world.store.register(source, as: creation, ledger: TestLedger(), until: world.patience)
            }

            let objects = try register(.bucket(name: "lab", prefix: "runs/"), "runs")
            let text = try register(.tableRow(table: "trajectories", row: row), "row")
            let table = try register(.bigQuery(project: "p", dataset: "d", table: "t"), "plays")

            #expect(objects.kind == .directory)
            #expect(try world.names(objects.location).count == 2)
            #expect(objects.attributes.description == "about runs")
            #expect(objects.attributes.tags == ["elsewhere"])
            #expect(String(decoding: try world.content(text.location), as: UTF8.self).contains(row))
            #expect(table.name == "plays.bigquery.json")
            #expect(String(decoding: try world.content(table.location), as: UTF8.self).contains("\"table_id\": \"t\""))
            #expect(code { _ = try register(.bucket(name: "none", prefix: nil), "x") } == .notFound)
            #expect(code { _ = try register(.tableRow(table: "other", row: row), "x") } == .invalid)
        }
    }

    @Test("says why a platform registers no buckets")
    func refusedRegistration() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(["--refuse-registration"])
            let dataset = try world.make(.directory, "set", in: .root)
            let creation = Creation(.file, named: "runs", in: dataset.location)
            let refusal = #expect(throws: StoreError.self) {
                _ = try world.store.register(
                    .bucket(name: "lab", prefix: nil),
                    as: creation,
                    ledger: TestLedger(),
                    until: world.patience
                )
            }
            #expect(refusal?.message.contains("not supported") == true)
        }
    }

    @Test("publishes a collection as the platform's own client does, and replaces it", arguments: ["tree", "tree.zip"])
    func collection(name: String) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let zip = ReferenceContent.pattern(seed: 5, size: 100_000)
            var creation = Creation(.file, named: name, in: dataset.location)
            creation.isCollection = true
            creation.metadata = ["made": "{\"by\": 1}"]
            let node = try world.store.create(creation, content: zip, ledger: TestLedger(), until: world.patience)

            #expect(node.name == "tree.zip")
            #expect(node.attributes.isCollection == true)
            #expect(node.attributes.metadata["made"] == "{\"by\":1}")
            let entry = try #require(try world.entries(of: dataset).first)
            #expect(entry["is_collection"] as? Bool == true)
            #expect(entry["file_path"] as? String == "tree.zip")
            #expect(entry["name"] as? String == name)
            let other = ReferenceContent.pattern(seed: 6, size: 90_000)
            let replaced = try world.replace(node, with: other)
            #expect(replaced.attributes.isCollection == true)
            #expect(try world.content(node.location) == other.allBytes)
        }
    }

    @Test("keeps the name of a file without extension and shows that of its path")
    func filePath() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            var creation = Creation(.file, named: "training_dataset", in: dataset.location)
            creation.filePath = "data.csv"
            #expect(try world.store.form(of: creation, content: ReferenceContent.text("a,b\n")) == "text")
            let node = try world.store.create(
                creation,
                content: ReferenceContent.text("a,b\n"),
                ledger: TestLedger(),
                until: world.patience
            )
            #expect(node.name == "training_dataset.csv")
            #expect(try world.entries(of: dataset).first?["content"] as? String == "a,b\n")
        }
    }

    @Test("pages through a long history, and reads any of it whatever the entry is now")
    func history() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            var node = try world.make(.file, "a.txt", in: dataset.location, .text("0"))
            for number in 1..<45 { node = try world.replace(node, with: .text("\(number)")) }
            node = try world.replace(node, with: .pattern(seed: 1, size: 5000))

            let revisions = try world.store.revisions(of: node.location, until: world.patience)
            #expect(revisions.map(\.number) == (0...45).reversed())
            #expect(revisions.filter(\.isCurrent).map(\.number) == [45])
            #expect(revisions.last?.size == 1)
            let old = try world.store.node(at: node.location, revision: .number(17), until: world.patience)
            #expect(old.inlineContent == Array("17".utf8))
            #expect(old.version != node.version)
            #expect(try world.content(node.location) == ReferenceContent.pattern(seed: 1, size: 5000).allBytes)
            #expect(code { _ = try world.store.revisions(of: dataset.location, until: world.patience) } == .invalid)
        }
    }

    @Test("searches with words, either or all conditions, and only among one's own where that is wanted")
    func searches() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            for (name, text) in [("salt.txt", "solubility of salts"), ("acid.txt", "strength of acids")] {
                _ = try world.make(.file, name, in: dataset.location, .text(text))
            }
            _ = try world.user.call(
                .post,
                "/admin/entries",
                ["name": "salt-theirs.txt", "content": "salts", "user": "somebody", "share_status": "public"]
            )
            func names(_ query: SearchQuery) throws -> Set<String> {
                Set(try world.store.search(query, after: nil, until: world.patience).hits.map(\.node.name))
            }
            #expect(try names(SearchQuery(text: "strength")) == ["acid.txt"])
            var query = SearchQuery(criteria: [
                SearchCriterion("name", .startsWith, .text("salt")), SearchCriterion("name", .endsWith, .text(".txt")),
            ])
            #expect(try names(query) == ["salt.txt", "salt-theirs.txt"])
            query.isOwnOnly = true
            #expect(try names(query) == ["salt.txt"])
            query.matchesAny = true
            #expect(try names(query) == ["salt.txt", "acid.txt"])
            query.criteria = [SearchCriterion("name", .in, .texts(["acid.txt", "none"]))]
            #expect(try names(query) == ["acid.txt"])
        }
    }
}
