import DatasetModel
import Testing

@testable import DatasetVFS

@Suite("ListingHistory")
struct ListingHistoryTests {
    private let directory = Location("d")

    private func node(_ name: String, _ version: String) -> Node {
        var node = Node(location: Location("d/" + name), name: name, kind: .file)
        node.version = Version(version)
        return node
    }

    @Test("A listing is told what was published since it began, the last word on each thing")
    func since() {
        var history = ListingHistory()
        let early = history.begin()
        history.add(.stands(node("a", "1"), parent: directory))
        let late = history.begin()
        history.add(.stands(node("a", "2"), parent: directory))
        history.add(.gone(Location("d/b"), parent: directory))
        history.add(.stands(node("elsewhere", "1"), parent: Location("e")))

        let seen = history.changes(in: directory, since: early)
        #expect(seen.count == 2)
        #expect(seen[Location("d/a")]??.version == Version("2"))
        #expect(seen[Location("d/b")] == .some(nil))
        #expect(history.change(at: Location("d/a"), since: late)??.version == Version("2"))
        #expect(history.change(at: Location("d/b"), since: late) == .some(nil))
        #expect(history.change(at: Location("d/c"), since: early) == nil)
    }

    @Test("What happened before a listing began is not its matter")
    func before() {
        var history = ListingHistory()
        let first = history.begin()
        history.add(.gone(Location("d/a"), parent: directory))
        let second = history.begin()
        #expect(history.changes(in: directory, since: second).isEmpty)
        #expect(history.change(at: Location("d/a"), since: second) == nil)
        history.end(first)
        history.add(.gone(Location("d/b"), parent: directory))
        #expect(history.changes(in: directory, since: second).keys.map(\.rawValue) == ["d/b"])
    }

    @Test("Nothing is kept for nobody, and two that began at once both see all")
    func bounds() {
        var history = ListingHistory()
        history.add(.gone(Location("d/a"), parent: directory))
        let (one, other) = (history.begin(), history.begin())
        #expect(history.changes(in: directory, since: one).isEmpty)
        history.add(.gone(Location("d/b"), parent: directory))
        history.end(one)
        #expect(history.changes(in: directory, since: other).count == 1)
        history.end(other)
        let next = history.begin()
        #expect(history.changes(in: directory, since: next).isEmpty)
    }
}
