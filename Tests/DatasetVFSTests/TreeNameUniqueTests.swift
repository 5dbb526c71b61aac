import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetVFS

@Suite("TreeName.unique")
struct TreeNameUniqueTests {
    private func node(_ name: String, id: String, created: Int64? = 0) -> Node {
        var node = Node(location: Location(id), name: name, kind: .file)
        node.created = created.map { Timestamp(seconds: $0) }
        node.attributes.id = id
        return node
    }

    @Test("The older keeps its name, the next becomes “name (2).ext”")
    func older() {
        let nodes = [
            node("a.csv", id: "3", created: 30), node("a.csv", id: "1", created: 10),
            node("a.csv", id: "2", created: 20),
        ]

        #expect(TreeName.unique(nodes) == ["a (3).csv", "a.csv", "a (2).csv"])
    }

    @Test("Of equal age, the smaller id keeps it; without a creation time a thing is the youngest")
    func ties() {
        #expect(TreeName.unique([node("a", id: "y"), node("a", id: "x")]) == ["a (2)", "a"])
        #expect(TreeName.unique([node("a", id: "x", created: nil), node("a", id: "y")]) == ["a (2)", "a"])
    }

    @Test("A duplicate takes no name that another child bears by right")
    func byRight() {
        let nodes = [
            node("a.txt", id: "1", created: 1), node("a.txt", id: "2", created: 2),
            node("a (2).txt", id: "3", created: 9),
            node("a.txt", id: "4", created: 3), node("a (2).txt", id: "5", created: 8),
        ]

        #expect(TreeName.unique(nodes) == ["a.txt", "a (3).txt", "a (2) (2).txt", "a (4).txt", "a (2).txt"])
    }

    @Test("Names that are taken already stay with who has them")
    func reserved() {
        #expect(TreeName.unique([node("a", id: "1")], reserved: ["a"]) == ["a (2)"])
        #expect(
            TreeName.unique([node("a", id: "1"), node("a", id: "2")], reserved: ["a", "a (2)"]) == ["a (3)", "a (4)"]
        )
    }

    @Test("Names that look alike but differ in bytes are two names")
    func bytes() {
        let names = TreeName.unique([node("e\u{301}", id: "1"), node("\u{E9}", id: "2")])

        #expect(names.map { Array($0.utf8) } == [Array("e\u{301}".utf8), Array("\u{E9}".utf8)])
    }

    @Test("Each name is one a directory can hold, stands once, and does not depend on the listing's order")
    func fuzz() {
        withSeed { generator in
            let long = String(repeating: "long", count: 75)
            let pool = [
                "a", "a (2)", "a (2) (2)", "a.txt", "a (2).txt", "", "%FF", ".", "．", "/", "／", ".datasetfs", long,
                long + ".csv",
                long + "x", String(repeating: "é", count: 127) + ".c", "n." + String(repeating: "e", count: 253),
                "é", "e\u{301}", String(repeating: "z", count: 255),
            ]
            for _ in 0..<300 {
                var nodes = (0..<Int.random(in: 0..<60, using: &generator)).map { index in
                    let created = Bool.random(using: &generator) ? Int64.random(in: 0..<5, using: &generator) : nil
                    return node(pool.randomElement(using: &generator) ?? "", id: "id\(index)", created: created)
                }
                let names = assignment(nodes)
                #expect(names.count == nodes.count)
                #expect(Set(names.values).count == nodes.count, "Each name once.")
                for name in names.values {
                    #expect((1...255).contains(name.count))
                    #expect(!name.contains(0) && !name.contains(UInt8(ascii: "/")))
                }
                nodes.shuffle(using: &generator)
                #expect(assignment(nodes) == names, "The order of a listing decides nothing.")
            }
        }
    }

    @Test("A directory of ten thousand namesakes is numbered quickly")
    func many() {
        let nodes = (0..<10_000).map { node("data.csv", id: "\($0)", created: Int64($0)) }

        let names = TreeName.unique(nodes)

        #expect(names.first == "data.csv")
        #expect(names.last == "data (10000).csv")
    }

    private func assignment(_ nodes: [Node]) -> [String: [UInt8]] {
        Dictionary(
            uniqueKeysWithValues: zip(nodes.map(\.location.rawValue), TreeName.unique(nodes).map { Array($0.utf8) })
        )
    }
}
