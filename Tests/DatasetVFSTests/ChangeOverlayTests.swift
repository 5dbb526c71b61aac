import DatasetJournal
import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetVFS

/// The store's answers laid over with what it does not have yet.
@Suite("ChangeTable overlay")
struct ChangeOverlayTests {
    private let place: TemporaryDirectory
    private let table: ChangeTable
    private let directory = Location("d")

    init() throws {
        place = try TemporaryDirectory()
        table = ChangeTable(
            journal: try Journal(directory: place.file("state"), identity: "test", reserve: 0) { _ in }
        )
    }

    private func stored(_ name: String) -> Node {
        var node = Node(location: Location("d/" + name), name: name, kind: .file)
        (node.size, node.version) = (1, Version("1"))
        return node
    }

    private func change(_ name: String, isNew: Bool, _ edit: (inout Change) -> Void = { _ in }) throws -> Change {
        let id = try table.newID()
        let location = isNew ? Location.pending(id) : Location("d/" + name)
        var change = Change(id: id, kind: .file, location: location, version: nil, parent: directory, name: name)
        edit(&change)
        return change
    }

    private func names(_ nodes: [Node], since mark: Int, isKnown: Bool = false) -> [String] {
        table.laidOver(nodes, of: directory, since: mark) { _ in isKnown }.map(\.name).sorted()
    }

    @Test("What is made is added, what is removed is left out, what is described is told so")
    func overlay() throws {
        try table.transact { transaction throws(VFSError) in
            do {
                transaction.put(try change("new", isNew: true))
                transaction.put(try change("old", isNew: false) { $0.isRemoval = true })
                transaction.put(try change("told", isNew: false) { $0.description = "text" })
            } catch {
                throw VFSError.notFound
            }
        }
        let mark = table.begin()
        defer { table.end(mark) }
        let nodes = ["old", "told", "other"].map(stored)
        #expect(names(nodes, since: mark) == ["new", "other", "told"])
        #expect(table.laidOver(stored("old"), at: Location("d/old"), since: mark) == nil)
        #expect(table.laidOver(stored("told"), at: Location("d/told"), since: mark)?.attributes.description == "text")
        #expect(table.laidOver(nil, at: Location("d/other"), since: mark) == nil)
    }

    @Test("A stranger of the name of what is under way is most likely that; one that is known stays")
    func namesake() throws {
        let pending = try change("f", isNew: true)
        table.show(pending)
        let mark = table.begin()
        defer { table.end(mark) }
        let shown = table.laidOver([stored("f")], of: directory, since: mark) { _ in false }
        #expect(shown.map(\.location) == [pending.location])
        #expect(names([stored("f")], since: mark, isKnown: true) == ["f", "f"])
    }

    @Test("What was published, or removed, while the store was asked is not undone by its answer")
    func meanwhile() throws {
        let mark = table.begin()
        defer { table.end(mark) }
        var now = stored("f")
        now.version = Version("2")
        try table.transact { [now] transaction throws(VFSError) in
            transaction.note(.stands(now, parent: directory))
            transaction.note(.gone(Location("d/g"), parent: directory))
        }
        let shown = table.laidOver(["f", "g"].map(stored), of: directory, since: mark) { _ in true }
        #expect(shown.map(\.version) == [Version("2")])
        #expect(table.laidOver(stored("f"), at: Location("d/f"), since: mark)?.version == Version("2"))
        #expect(table.laidOver(nil, at: Location("d/f"), since: mark)?.version == Version("2"))
        #expect(table.laidOver(stored("g"), at: Location("d/g"), since: mark) == nil)
    }
}
