import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetCache

@Suite struct FactListingTests {
    private let place: TemporaryDirectory
    private let store: FactStore

    init() throws {
        place = try TemporaryDirectory()
        store = try FactStore(path: place.file("facts"), identity: "test")
    }

    private func list(_ nodes: NamedNode..., at wall: Int64 = 1) throws -> ListingChange {
        try store.replaceChildren(of: 1, with: nodes, at: wall)
    }

    @Test("A listing adds, removes, changes and renames, and inodes follow the location")
    func change() throws {
        let before = try list(file("a"), file("b"), file("c"), file("d")).added

        let change = try list(
            file("a"),
            file("b", size: 2, version: "2", modified: 11),
            file("z", at: "c"),
            file("e"),
            at: 2
        )

        #expect(change.added.map(\.name) == ["e"])
        #expect(change.removed == [before[3]])
        #expect(change.changed.map(\.inode) == [before[1].inode] && change.changed[0].size == 2)
        #expect(change.renamed.map(\.old) == ["c"] && change.renamed[0].fact.inode == before[2].inode)
        #expect(try store.fact(named: "c", in: 1) == nil)
        #expect(try store.fact(named: "z", in: 1) == change.renamed[0].fact)
    }

    @Test("Names may be swapped in a ring")
    func swap() throws {
        let before = try list(file("a", at: "1"), file("b", at: "2"), file("c", at: "3")).added

        let change = try list(file("b", at: "1"), file("c", at: "2"), file("a", at: "3"), at: 2)

        #expect(change.renamed.count == 3 && change.added.isEmpty && change.removed.isEmpty)
        #expect(try store.fact(named: "b", in: 1)?.inode == before[0].inode)
        #expect(try store.fact(named: "c", in: 1)?.inode == before[1].inode)
        #expect(try store.fact(named: "a", in: 1)?.inode == before[2].inode)
    }

    @Test("A new thing may take the name of a removed one, and of one that moved")
    func reuse() throws {
        let before = try list(file("a", at: "1"), file("b", at: "2")).added

        let change = try list(file("a", at: "3"), file("c", at: "2"), file("b", at: "4"), at: 2)

        #expect(change.removed == [before[0]])
        #expect(change.added.map(\.name) == ["a", "b"])
        #expect(change.renamed.map(\.fact.name) == ["c"])
    }

    @Test("Of what a listing tells twice the first counts")
    func twice() throws {
        let change = try list(file("a", at: "1"), file("b", at: "1"), file("a", at: "2"), file("c", at: "3"))

        #expect(change.added.map(\.name) == ["a", "c"])
        #expect(change.added.map(\.location.rawValue) == ["1", "3"])
    }

    @Test("The same again changes nothing, and its time counts for every child that was told whole")
    func again() throws {
        let before = try list(file("a"), directory("d"), file("b", size: nil), at: 100).added

        #expect(try list(file("a"), directory("d"), file("b", size: nil), at: 200).isEmpty)

        #expect(before.map(\.knownAt) == [100, 100, 0])
        #expect(try before.map { try store.fact($0.inode)?.knownAt } == [200, 200, 0])
        try store.forgetListing(of: 1)
        #expect(try before.map { try store.fact($0.inode)?.knownAt } == [100, 100, 0])
    }

    @Test("A listing that says less keeps what is known of the same content")
    func silence() throws {
        let inode = try list(file("a", size: nil, version: nil)).added[0].inode
        var node = file("a", size: 9, version: "v").node
        node.attributes = AttributesTextTests.full("x")
        _ = try store.update(inode, from: node, at: 50)

        let change = try list(file("a", size: nil, version: nil), at: 60)

        let fact = try #require(try store.fact(inode))
        #expect(change.isEmpty)
        #expect(fact.size == 9 && fact.version == Version("v") && fact.knownAt == 50)
        #expect(try store.node(inode)?.attributes == node.attributes)
    }

    @Test("A listing that says less forgets what is known when the modification time differs")
    func touched() throws {
        let inode = try list(file("a", size: 9, version: "v", modified: 10), at: 5).added[0].inode

        let change = try list(file("a", size: nil, version: nil, modified: 11), at: 60)

        let fact = try #require(try store.fact(inode))
        #expect(change.changed == [fact])
        #expect(fact.size == nil && fact.version == nil && fact.knownAt == 5)
        #expect(fact.changed == Timestamp(nanoseconds: 11))
    }

    @Test("A size or version that contradicts what is known takes the other along")
    func contradiction() throws {
        let facts = try list(file("a", size: 9, version: "v"), file("b", size: 9, version: "v")).added

        _ = try list(file("a", size: nil, version: "w"), file("b", size: 8, version: nil), at: 2)

        let (a, b) = (try store.fact(facts[0].inode), try store.fact(facts[1].inode))
        #expect(a?.size == nil && a?.version == Version("w"))
        #expect(b?.size == 8 && b?.version == nil)
    }

    @Test("An equal version keeps size and time, whatever time is told now; another one brings its own")
    func sameVersion() throws {
        let inode = try list(file("a", size: 9, version: "v", modified: 10)).added[0].inode

        _ = try list(file("a", size: nil, version: "v", modified: 12), at: 2)

        #expect(try store.fact(inode)?.size == 9)
        #expect(try store.fact(inode)?.modified == Timestamp(nanoseconds: 10))
        #expect(try store.fact(inode)?.changed == Timestamp(nanoseconds: 10))
        _ = try list(file("a", size: nil, version: "w", modified: 14), at: 3)
        #expect(try store.fact(inode)?.modified == Timestamp(nanoseconds: 14))
    }

    @Test("What lay below a removed directory is gone, and below one that became a file")
    func below() throws {
        let tops = try list(directory("d"), directory("e")).added
        let inner = try tops.map { top in
            let inner = try store.replaceChildren(of: top.inode, with: [directory("i")], at: 1).added[0]
            return [inner] + (try store.replaceChildren(of: inner.inode, with: [file("f")], at: 1).added)
        }

        let change = try list(file("e"), at: 2)

        #expect(change.removed.map(\.name) == ["d"])
        #expect(change.changed.map(\.inode) == [tops[1].inode])
        for fact in inner.joined() { #expect(try store.fact(fact.inode) == nil) }
        #expect(try store.listing(of: tops[1].inode) == nil)
    }

    @Test("What was added by name stays although no listing shows it, until its name is taken")
    func pinned() throws {
        _ = try list(file("a"), at: 10)
        let added = try store.add(directory("hidden", at: "id-1"), to: 1, at: 20)

        #expect(try list(file("a"), at: 30).isEmpty)
        #expect(try store.fact(added.inode)?.knownAt == 20)
        #expect(try list(file("a"), directory("hidden", at: "id-1"), at: 40).isEmpty)
        #expect(try store.fact(added.inode)?.knownAt == 40)
        #expect(try list(file("a"), at: 50).isEmpty)
        #expect(try store.fact(added.inode)?.knownAt == 40)
        #expect(try store.addedChildren(of: 1).map(\.inode) == [added.inode])

        let change = try list(file("a"), file("hidden", at: "id-2"), at: 60)
        #expect(change.removed.map(\.inode) == [added.inode])
        #expect(change.added.map(\.location.rawValue) == ["id-2"])
    }

    @Test("Adding what is known updates it, renames it and frees the name from its holder")
    func addKnown() throws {
        let facts = try list(file("a", at: "1", size: nil), file("b", at: "2"), at: 10).added

        let fact = try store.add(file("b", at: "1", size: 5, version: "9"), to: 1, at: 20)

        #expect(fact.inode == facts[0].inode && fact.size == 5 && fact.knownAt == 20)
        #expect(try store.fact(facts[1].inode) == nil)
        #expect(try store.children(of: 1, after: 0, limit: 9) == [fact])
        #expect(try list(at: 30).removed.isEmpty)
    }
}
