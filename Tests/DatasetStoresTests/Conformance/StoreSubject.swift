import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

/// A store in the hands of a check, with what it should hold.
struct StoreSubject: Sendable {
    let fixture: any StoreFixture
    let traits: FixtureTraits
    let tree: ReferenceTree

    var store: any Store { fixture.store }

    /// No check takes as long as this: it is what ends one that hangs.
    var patience: Cancellation { Cancellation(deadline: .after(.seconds(120))) }

    /// Every child of a directory, page by page.
    func children(of location: Location, betweenPages: () throws -> Void = {}) throws -> [Node] {
        var nodes: [Node] = []
        var cursor: Cursor?
        var seen: Set<[UInt8]> = []
        repeat {
            let page = try store.children(of: location, after: cursor, until: patience)
            try require(page.nodes.count <= traits.pageSize, "a page holds \(page.nodes.count) children")
            nodes += page.nodes
            cursor = page.next
            guard let cursor else { break }
            try require(seen.insert(Array(cursor.rawValue.utf8)).inserted, "the listing comes back to \(cursor)")
            try betweenPages()
        } while cursor != nil
        return nodes
    }

    func children(of path: ReferenceTree.Path) throws -> [Node] {
        try children(of: try location(of: path))
    }

    /// The location of a planted thing, found the way a mount does: by going down the listings.
    func location(of path: ReferenceTree.Path) throws -> Location {
        guard !path.text.isEmpty else { return .root }
        return try listed(path).location
    }

    /// The node that the listing of its directory shows for a planted thing.
    func listed(_ path: ReferenceTree.Path) throws -> Node {
        let found = try children(of: path.parent).filter { $0.name.isSameText(path.name) }
        try require(found.count == 1, "“\(path)” is listed \(found.count) times")
        return found[0]
    }

    /// What applies to writing; only asked where a check is meant for stores that can be written.
    var writing: WritingTraits { traits.writing ?? WritingTraits() }

    /// The complete node of a planted thing.
    func node(_ path: ReferenceTree.Path) throws -> Node {
        try node(at: try location(of: path))
    }

    func node(at location: Location) throws -> Node {
        try store.node(at: location, until: patience)
    }

    func content(_ path: ReferenceTree.Path) throws -> ReferenceContent {
        guard let content = tree.content(of: path) else {
            throw StoreError(.notFound, "no file “\(path)” was planted")
        }
        return content
    }

    func read(_ range: ByteRange, of node: Node) throws -> [UInt8] {
        let sink = CollectingSink()
        try store.read(range, of: node, into: sink, until: patience)
        return sink.bytes
    }

    func read(_ range: ByteRange, of node: Node, into sink: any ByteSink) throws {
        try store.read(range, of: node, into: sink, until: patience)
    }

    /// Reads a range and compares it with what was planted, without keeping it.
    func verify(_ range: ByteRange, of node: Node, against content: ReferenceContent) throws {
        let sink = VerifyingSink(content, from: range.offset)
        try read(range, of: node, into: sink)
        try require(sink.mismatch == nil, "\(node.location) \(range): wrong at \(sink.mismatch ?? 0)")
        try require(sink.offset == range.end, "\(node.location) \(range): \(sink.offset - range.offset) bytes came")
    }
}

extension String {
    func isSameText(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
