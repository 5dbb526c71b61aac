import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite(
    "Edison.Store describing on a local platform",
    .serialized,
    .enabled(if: LocalServer.absence == nil, "no datasetfs-server")
)
struct EdisonAttributeTests {
    @Test(
        "describes and tags with the creation, changes both and takes them away",
        arguments: [[], ["--no-plain-patch"]]
    )
    func changes(options: [String]) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(options)
            let dataset = try world.make(.directory, "set", in: .root)
            var creation = Creation(.file, named: "a.txt", in: dataset.location)
            creation.description = "first"
            creation.tags = ["one", "two"]
            let node = try world.store.create(
                creation,
                content: ReferenceContent.text("text"),
                ledger: TestLedger(),
                until: world.patience
            )
            #expect(node.attributes.description == "first")
            #expect(node.attributes.tags == ["one", "two"])
            #expect(node.attributes.metadata["datasetfs_upload"] == nil)

            let change = AttributeChange(description: "second", tags: ["three"])
            let changed = try world.store.setAttributes(change, of: node.location, until: world.patience)
            #expect(changed.attributes.description == "second")
            #expect(changed.attributes.tags == ["three"])
            #expect(try world.content(node.location) == Array("text".utf8))
            let listed = try world.store.children(of: dataset.location, after: nil, until: world.patience).nodes
            #expect(listed.map(\.attributes.description) == ["second"])

            let none = AttributeChange(description: "", tags: [])
            let bare = try world.store.setAttributes(none, of: node.location, until: world.patience)
            #expect(bare.attributes.description == nil)
            #expect(bare.attributes.tags == [])
        }
    }

    @Test("says what the platform does not keep")
    func refusals() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(["--no-plain-patch"])
            let dataset = try world.make(.directory, "set", in: .root)
            let file = try world.make(.file, "a.bin", in: dataset.location, .bytes([0]))
            let change = AttributeChange(description: "text")
            for node in [dataset, file] {
                let code = code { _ = try world.store.setAttributes(change, of: node.location, until: world.patience) }
                #expect(code == .unsupported)
            }
            let described = Creation(.directory, named: "set", in: .root)
            var tagged = described
            tagged.tags = ["a"]
            #expect(code { try world.store.check(tagged) } == .unsupported)
        }
    }

    @Test(
        "refuses at once what it could never hold",
        arguments: [
            (Creation(.file, named: "a.txt", in: .root), .unsupported),
            (Creation(.link(target: "https://x.org/"), named: "a", in: .root), .unsupported),
            (Creation(.link(target: "../a"), named: "a", in: Location("dataset/x")), .unsupported),
            (Creation(.link(target: "file:///etc"), named: "a", in: Location("dataset/x")), .unsupported),
            (Creation(.directory, named: "", in: .root), .invalid),
            (Creation(.directory, named: "a\0b", in: .root), .invalid),
            (Creation(.file, named: "a", in: Location("entry/x/y")), .invalid),
            (Creation(.file, named: "a/b ü", in: Location("//pending/17")), nil),
            (Creation(.link(target: "s3://bucket/key"), named: "a", in: Location("dataset/x")), nil),
        ] as [(Creation, StoreError.Code?)]
    )
    func checks(creation: Creation, expected: StoreError.Code?) throws {
        let (store, transport) = try Edison.scripted { _ in .json("{}") }
        #expect(code { try store.check(creation) } == expected)
        #expect(transport.requests.isEmpty)
    }
}
