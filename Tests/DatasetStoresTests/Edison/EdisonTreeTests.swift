import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite("Edison.Tree") struct EdisonTreeTests {
    private func record(_ id: String, parent: String? = nil, created: Int64 = 0, status: String = "active")
        -> Edison.EntryRecord
    {
        var record = Edison.EntryRecord(id: id, name: id)
        record.parentID = parent
        record.created = Timestamp(nanoseconds: created)
        record.status = status
        return record
    }

    private func tree(_ records: [Edison.EntryRecord]) -> Edison.Tree {
        Edison.Tree(dataset: Edison.DatasetRecord(id: "d", name: "d"), records: records)
    }

    private func names(_ indices: [Int32], _ tree: Edison.Tree) -> [String] {
        indices.map { tree.records[Int($0)].id }
    }

    @Test("puts entries below their parents, in the order of creation, then id")
    func order() throws {
        let tree = tree([
            record("b", created: 2), record("z", parent: "b", created: 1), record("a", created: 2),
            record("y", parent: "b", created: 1), record("c", created: 1),
        ])
        #expect(names(tree.top, tree) == ["c", "a", "b"])
        #expect(names(tree.children(of: try #require(tree.index(of: "b"))), tree) == ["y", "z"])
    }

    @Test("brings to the top what names a parent elsewhere, itself, or a circle")
    func strays() throws {
        let tree = tree([
            record("a", parent: "elsewhere", created: 1), record("b", parent: "b", created: 2),
            record("c", parent: "e", created: 3), record("d", parent: "c", created: 4),
            record("e", parent: "d", created: 5), record("f", parent: "e", created: 6),
        ])
        #expect(names(tree.top, tree) == ["a", "b", "c"])
        #expect(names(tree.children(of: try #require(tree.index(of: "c"))), tree) == ["d"])
    }

    @Test("hides what has no content yet or any more, but not what is below it")
    func hidden() {
        var withText = record("pending text", status: "pending")
        withText.contentLength = 3
        let tree = tree([
            record("a"), record("pending", status: "pending"), withText, record("failed", status: "failed"),
            record("disabled", status: "disabled"), record("below", parent: "disabled"), record("new", status: "novel"),
        ])
        #expect(Set(names(tree.top, tree)) == ["a", "pending text", "disabled", "new"])
    }

    @Test("keeps one of two entries with the same id")
    func doubles() {
        let tree = tree([record("a", created: 2), record("a", created: 1), record("b", created: 0)])
        #expect(names(tree.top, tree) == ["b", "a"])
    }

    @Test("reaches every entry from the top exactly once, whatever names whatever as its parent")
    func anyParents() {
        withSeed { random in
            for _ in 0..<300 {
                let count = Int.random(in: 1...40, using: &random)
                let records = (0..<count).map { number in
                    let parent = Int.random(in: -3...count, using: &random)
                    return record(
                        "e\(number)",
                        parent: parent < 0 ? nil : "e\(parent)",
                        created: Int64.random(in: 0...5, using: &random)
                    )
                }
                let tree = tree(records)
                var reached: [Int32] = []
                var front = tree.top
                while let index = front.popLast(), reached.count <= count {
                    reached.append(index)
                    front += tree.children(of: index)
                }
                #expect(reached.count == count)
                #expect(Set(reached).count == count)
            }
        }
    }
}
