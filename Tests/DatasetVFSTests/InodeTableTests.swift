import DatasetCache
import DatasetModel
import Testing

@testable import DatasetVFS

@Suite("InodeTable")
struct InodeTableTests {
    private let table = InodeTable()

    private func fact(_ inode: UInt64 = 20, version: String? = "1") -> Fact {
        Fact(
            inode: inode,
            parent: 1,
            name: "a",
            location: Location("a"),
            kind: .file,
            size: 1,
            version: version.map { Version($0) },
            knownAt: 0
        )
    }

    @Test("A number is known from its first lookup to the forgetting of its last")
    func lookups() {
        table.remember(20)
        table.remember(20)
        table.forget(20, count: 1)
        #expect(table.isKnown(20))

        table.forget(20, count: 1)

        #expect(!table.isKnown(20))
        #expect(table.count == 0)
    }

    @Test("Forgetting more than was looked up is no trap")
    func excess() {
        table.forget(20, count: 5)
        table.remember(20)
        table.forget(20, count: .max)

        #expect(table.count == 0)
    }

    @Test("An open handle keeps a forgotten number")
    func handles() {
        table.remember(20)
        #expect(table.open(fact()) == .dropsPages)
        table.forget(20, count: 1)
        #expect(table.isKnown(20))
        #expect(table.handles(of: 20) == 1)

        table.close(20)

        #expect(table.count == 0)
    }

    @Test("Pages are kept when the same version is opened again, while the kernel knows the number")
    func pages() {
        table.remember(20)
        #expect(table.open(fact()) == .dropsPages)
        #expect(table.open(fact()) == .keepsPages)
        table.close(20)
        table.close(20)
        #expect(table.open(fact()) == .keepsPages)
        table.close(20)
        #expect(table.open(fact(version: "2")) == .dropsPages)
        table.close(20)
        table.forget(20, count: 1)
        #expect(table.open(fact(version: "2")) == .dropsPages)
    }

    @Test("All handles of one number are of one version")
    func oneVersion() {
        #expect(table.open(fact()) == .dropsPages)

        #expect(table.open(fact(version: "2")) == .refused)
        #expect(table.handles(of: 20) == 1)

        table.close(20)
        #expect(table.open(fact(version: "2")) == .dropsPages)
    }

    @Test("A number is left to its readers when its name goes on, and to nobody otherwise")
    func detach() {
        table.remember(20)
        table.detach(20)
        #expect(!table.isRead(20, otherThan: Version("2")), "Nobody has it open.")
        #expect(table.open(fact()) == .dropsPages)
        #expect(!table.isRead(20, otherThan: Version("1")), "The name goes on with what they read.")
        #expect(table.isRead(20, otherThan: Version("2")))
        #expect(table.isRead(20, otherThan: nil))
        #expect(table.detached(20) == nil)

        table.detach(20)

        #expect(table.detached(20) == fact())
        #expect(table.open(fact()) == .refused, "New readers go where the name went.")
        #expect(table.isRead(20, otherThan: Version("1")), "Once left, always left.")
        table.close(20)
        #expect(table.opened(20) == nil)
        #expect(table.detached(20) == fact(), "The kernel still holds the number.")
        table.forget(20, count: 1)
        #expect(table.detached(20) == nil)
    }

    @Test("What has no version never has pages to keep")
    func versionless() {
        table.remember(20)
        #expect(table.open(fact(version: nil)) == .dropsPages)
        table.close(20)
        #expect(table.open(fact(version: nil)) == .dropsPages)
    }
}
