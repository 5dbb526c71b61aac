import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite(
    "Edison.Store replacing on a local platform",
    .serialized,
    .enabled(if: LocalServer.absence == nil, "no datasetfs-server")
)
struct EdisonReplacingTests {
    private static let text = ReferenceContent.text("first\r\n")
    private static let binary = ReferenceContent.pattern(seed: 3, size: 700_000)
    private static let long = ReferenceContent.pattern(seed: 4, size: 200)

    @Test(
        "gives an entry a new revision of either kind, under the same id and name, with nothing beside it",
        arguments: [false, true],
        [[], ["--copy-sources"]]
    )
    func kinds(hasExtension: Bool, options: [String]) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(options)
            let other = try world.anotherStore()
            let dataset = try world.make(.directory, "set", in: .root)
            var node = try world.make(.file, hasExtension ? "a.txt" : "a", in: dataset.location, Self.text)
            let first = node
            let contents = [Self.binary, ReferenceContent.text("second"), Self.long, .bytes([])]
            for content in contents {
                let version = node.version
                node = try world.replace(node, with: content)
                #expect(node.location == first.location)
                #expect(node.version != version)
                #expect(node.size == content.size)
                #expect(try world.content(node.location) == content.allBytes)
                #expect(try world.names(dataset.location) == [first.name])
                #expect(try world.names(dataset.location, in: other) == [first.name])
                let seen = try other.node(at: node.location, until: world.patience)
                #expect(seen.version == node.version)
                #expect(try world.content(node.location, in: other) == content.allBytes)
            }
            let id = first.attributes.id ?? ""
            let history = try world.user.call(.get, "\(PlatformUser.storage)/data-entries/\(id)/revisions")
            #expect((history["revisions"] as? [Any])?.count == contents.count + 1)
            let beside = try world.entries(of: dataset).count - 1
            #expect(options.isEmpty == (beside > 0), "\(beside) entries bring contents")

            // What brought the contents goes with the file.
            try world.remove(node)
            #expect(try world.entries(of: dataset).count < max(beside, 1) + 1)
            try world.remove(dataset)
        }
    }

    @Test(
        "leaves what somebody else has published meanwhile, and nothing of its own behind",
        arguments: [text, binary]
    )
    func conflict(mine: ReferenceContent) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let node = try world.make(.file, "a.txt", in: dataset.location, .text("base"))
            try world.user.replace(node.attributes.id ?? "", with: .text("theirs"), dataset: "")

            #expect(code { _ = try world.replace(node, with: mine) } == .conflict)

            #expect(try world.content(node.location) == Array("theirs".utf8))
            #expect(try world.entries(of: dataset).count == 1)
        }
    }

    @Test("replaces entries that have no revisions when they still are as they were seen")
    func withoutRevisions() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let id = dataset.attributes.id ?? ""
            try world.user.call(
                .post,
                "/admin/bulk",
                ["dataset": id, "kind": "text", "count": 2, "size": 5, "prefix": "old-", "user": LocalServer.user]
            )
            let nodes = try world.store.children(of: dataset.location, after: nil, until: world.patience).nodes
            let location = try #require(nodes.first?.location)
            let node = try world.store.node(at: location, until: world.patience)
            #expect(node.version?.rawValue.hasPrefix("t:") == true)

            let now = try world.replace(node, with: .text("other"))
            #expect(now.version?.rawValue.hasPrefix("r:") == true)
            #expect(try world.content(location) == Array("other".utf8))
            #expect(code { _ = try world.replace(node, with: .text("late")) } == .conflict)
        }
    }

    @Test("goes on from the note of an earlier change of the same file without mistaking one for the other")
    func oldNotes() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let ledger = TestLedger()
            let made = try world.make(.file, "a.bin", in: dataset.location, Self.long, ledger: ledger)
            let second = try world.replace(made, with: Self.binary, ledger: ledger)
            let third = try world.replace(second, with: Self.long, ledger: ledger)
            let fourth = try world.replace(third, with: Self.binary, ledger: ledger)
            // The same bytes again, after somebody else's: that is no repetition.
            try world.user.replace(fourth.attributes.id ?? "", with: .text("theirs"), dataset: "")
            let theirs = try world.store.node(at: fourth.location, until: world.patience)
            let fifth = try world.replace(theirs, with: Self.binary, ledger: ledger)
            #expect(try world.content(fifth.location) == Self.binary.allBytes)
            #expect(Set([made, second, third, fourth, fifth].map(\.version)).count == 5)
            #expect(try world.names(dataset.location) == ["a.bin"])
        }
    }
}
