import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetCache

@Suite struct FactStoreTests {
    private let place: TemporaryDirectory
    private let store: FactStore

    init() throws {
        place = try TemporaryDirectory()
        store = try FactStore(path: place.file("facts"), identity: "test")
    }

    @Test("The root is there from the start and children begin at 16")
    func beginning() throws {
        let root = try #require(try store.fact(1))
        let child = try store.add(file("a"), to: 1, at: 5)

        #expect(root.kind == .directory && root.location == .root && root.parent == 0 && root.name.isEmpty)
        #expect(child.inode == 16)
        #expect(try store.fact(2) == nil)
        #expect(try store.listing(of: 1) == nil)
    }

    @Test("What is told is found by inode, by name and by location")
    func lookup() throws {
        let change = try store.replaceChildren(of: 1, with: [file("a", at: "x/a", size: 7), directory("d")], at: 100)

        let expected = change.added[0]
        #expect(change.added.map(\.name) == ["a", "d"])
        #expect(expected.size == 7 && expected.version == Version("1") && expected.knownAt == 100)
        #expect(expected.modified == Timestamp(nanoseconds: 10) && expected.changed == expected.modified)
        #expect(try store.fact(expected.inode) == expected)
        #expect(try store.fact(named: "a", in: 1) == expected)
        #expect(try store.fact(at: Location("x/a"), in: 1) == expected)
        #expect(try store.fact(named: "A", in: 1) == nil)
        #expect(try store.fact(named: "a", in: expected.inode) == nil)
        #expect(try store.listing(of: 1) == ListingState(listedAt: 100, isComplete: true))
    }

    @Test("Names and locations are told apart by their bytes")
    func bytes() throws {
        let (composed, decomposed) = (ExactTextTests.composed, ExactTextTests.decomposed)

        let change = try store.replaceChildren(
            of: 1,
            with: [file(composed), file(decomposed), file("a\u{0}b"), file("a\u{0}c"), file("a")],
            at: 1
        )

        #expect(change.added.count == 5)
        for fact in change.added { #expect(try store.fact(named: fact.name, in: 1)?.inode == fact.inode) }
        #expect(try store.childNames(of: 1).map { Array($0.name.utf8) } == change.added.map { Array($0.name.utf8) })
        #expect(try store.replaceChildren(of: 1, with: change.added.map { file($0.name) }, at: 2).isEmpty)
    }

    @Test("A node comes back with everything but its inline content")
    func wholeNode() throws {
        var node = file("tree name", at: "x").node
        node.name = "a/name of the store"
        node.created = Timestamp(nanoseconds: -5)
        node.attributes = AttributesTextTests.full("x")
        node.inlineContent = [1, 2]

        let fact = try store.add(NamedNode(name: "tree name", node: node), to: 1, at: 1)

        node.inlineContent = nil
        #expect(try store.node(fact.inode) == node)
        #expect(fact.name == "tree name" && fact.created == Timestamp(nanoseconds: -5))
        #expect(try store.node(999) == nil)
    }

    @Test("A link keeps its target")
    func link() throws {
        let node = Node(location: Location("l"), name: "l", kind: .link(target: "https://example.org/\u{0}"))

        let fact = try store.add(NamedNode(name: "l", node: node), to: 1, at: 1)

        #expect(try store.fact(fact.inode)?.kind == node.kind)
    }

    @Test("A size beyond the largest offset is believed up to it")
    func hugeSize() throws {
        let change = try store.replaceChildren(of: 1, with: [file("a", size: .max), file("b", size: 1 << 63)], at: 1)

        #expect(change.added.map(\.size) == [UInt64(Int64.max), UInt64(Int64.max)])
        #expect(try store.fact(named: "a", in: 1)?.size == UInt64(Int64.max))
        #expect(try store.childCount(of: 1).bytes == UInt64(Int64.max) * 2)
        #expect(try store.replaceChildren(of: 1, with: [file("a", size: .max), file("b", size: .max)], at: 1).isEmpty)
    }

    @Test("Children come in pages whose places hold while the directory changes")
    func pages() throws {
        let names = (0..<10).map { "f\($0)" }
        try store.replaceChildren(of: 1, with: names.map { file($0) }, at: 1)
        let first = try store.children(of: 1, after: 0, limit: 4)

        try store.replaceChildren(of: 1, with: (["new"] + names.dropFirst(2).reversed()).map { file($0) }, at: 2)
        let rest = try store.children(of: 1, after: first[3].inode, limit: 100)

        #expect(first.map(\.name) == ["f0", "f1", "f2", "f3"])
        #expect(rest.map(\.name) == ["f4", "f5", "f6", "f7", "f8", "f9", "new"])
        #expect(try store.children(of: 1, after: rest[6].inode, limit: 5).isEmpty)
        #expect(try store.children(of: 1, after: 0, limit: 0).isEmpty)
        #expect(try store.children(of: 1, after: 0, limit: -1).isEmpty)
        #expect(try store.children(of: 1, after: .max, limit: 5).isEmpty)
    }

    @Test("Files without size are found, and totals are counted")
    func totals() throws {
        let link = NamedNode(name: "l", node: Node(location: Location("l"), name: "l", kind: .link(target: "t")))
        try store.replaceChildren(
            of: 1,
            with: [file("a", size: 5), file("b", size: nil), directory("d"), link, file("c", size: nil)],
            at: 1
        )

        let unsized = try store.childrenWithoutSize(of: 1, after: 0, limit: 10)
        let count = try store.childCount(of: 1)

        #expect(unsized.map(\.name) == ["b", "c"])
        #expect(try store.childrenWithoutSize(of: 1, after: unsized[0].inode, limit: 1).map(\.name) == ["c"])
        #expect(count.files == 4 && count.directories == 1 && count.bytes == 5 && count.unknownSizes == 2)
        #expect(try store.childCount(of: 77) == (0, 0, 0, 0))
    }

    @Test("A fresh number moves name, children and listing, and is used once")
    func renumber() throws {
        let parent = try store.add(directory("d"), to: 1, at: 1)
        try store.replaceChildren(of: parent.inode, with: [file("a")], at: 1)

        let fresh = try #require(try store.renumber(parent.inode))
        let next = try store.add(file("later"), to: 1, at: 2)

        #expect(fresh.inode > parent.inode && next.inode > fresh.inode)
        #expect(try store.fact(parent.inode) == nil)
        #expect(try store.fact(named: "d", in: 1)?.inode == fresh.inode)
        #expect(try store.fact(named: "a", in: fresh.inode) != nil)
        #expect(try store.listing(of: fresh.inode)?.isComplete == true)
        #expect(try store.renumber(parent.inode) == nil)
        #expect(try store.renumber(1) == nil)
    }

    @Test("Removing a directory removes all below it, and no number comes back")
    func remove() throws {
        var parent: UInt64 = 1
        var all: [UInt64] = []
        for depth in 0..<50 {
            parent = try store.add(directory("d\(depth)"), to: parent, at: 1).inode
            try store.replaceChildren(of: parent, with: [], at: 1)
            all.append(parent)
        }

        try store.remove(all[0])
        try store.remove(1)

        for inode in all {
            #expect(try store.fact(inode) == nil)
            #expect(try store.listing(of: inode) == nil)
        }
        #expect(try store.fact(1) != nil)
        #expect(try store.add(file("a"), to: 1, at: 1).inode > parent)
    }

    @Test("A forgotten listing is stale and incomplete, and its children are still known")
    func forget() throws {
        try store.replaceChildren(of: 1, with: [file("a")], at: 100)

        try store.forgetListing(of: 1)

        #expect(try store.listing(of: 1) == ListingState(listedAt: 0, isComplete: false))
        #expect(try store.fact(named: "a", in: 1) != nil)
        try store.replaceChildren(of: 1, with: [file("a")], at: 200)
        #expect(try store.listing(of: 1) == ListingState(listedAt: 200, isComplete: true))
    }

    @Test("Nothing can be added to what is not there")
    func orphan() throws {
        #expect(throws: CacheError.self) { try store.add(file("a"), to: 99, at: 1) }
        #expect(try store.replaceChildren(of: 99, with: [file("a")], at: 1).isEmpty)
        #expect(try store.fact(named: "a", in: 99) == nil)
        #expect(try store.update(99, from: file("a").node, at: 1) == nil)
    }
}
