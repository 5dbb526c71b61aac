import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@Suite("Gufe.FileStore's descriptors")
struct FileStoreResourceTests {
    /// In a process of its own, where nothing else works in that directory.
    @Test("Every call gives back what it opened")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            try await onThread {
                let directory = try TemporaryDirectory()
                var tree = ReferenceTree()
                tree.addFile("a/b/c.txt", .text("text"))
                tree.add(.link(target: "b"), at: "a/link")
                try tree.plant(in: directory.path)
                let store = try Gufe.FileStore(directory: directory.path, pageSize: 1)
                let before = try Self.descriptors(in: directory.path)
                for _ in 0..<10 {
                    let page = try store.children(of: Location("a"), after: nil, until: Cancellation())
                    _ = try store.children(of: Location("a"), after: page.next, until: Cancellation())
                    let node = try store.node(at: Location("a/b/c.txt"), until: Cancellation())
                    try store.read(
                        ByteRange(offset: 0, count: 4),
                        of: node,
                        into: CollectingSink(),
                        until: Cancellation()
                    )
                    for location in ["a/none/x", "a/link/c.txt", "none"] {
                        _ = try? store.node(at: Location(location), until: Cancellation())
                        _ = try? store.children(of: Location(location), after: nil, until: Cancellation())
                    }
                    var other = node
                    other.version = Version("other")
                    try? store.read(
                        ByteRange(offset: 0, count: 1),
                        of: other,
                        into: CollectingSink(),
                        until: Cancellation()
                    )
                    try Self.write(to: store)
                }
                try #require(before == 1)
                try #require(try Self.descriptors(in: directory.path) == before)
            }
        }
    }

    /// Every call that changes something, going well and not.
    private static func write(to store: Gufe.FileStore) throws {
        let content = ReferenceContent.text("new")
        let creation = Creation(.file, named: "new", in: Location("a/b"))
        let ledger = TestLedger()
        for _ in 0..<2 {
            _ = try store.create(creation, content: content, ledger: ledger, until: Cancellation())
        }
        _ = try? store.create(creation, content: content, ledger: TestLedger(), until: Cancellation())
        let node = try store.node(at: Location("a/b/new"), until: Cancellation())
        for version in [Version("other"), node.version ?? Version("")] {
            _ = try? store.replace(
                node.location,
                version: version,
                with: content,
                ledger: TestLedger(),
                until: Cancellation()
            )
        }
        let change = AttributeChange(description: "What", tags: ["tag"])
        _ = try? store.setAttributes(change, of: node.location, until: Cancellation())
        let moved = try store.rename(node.location, to: "moved", in: Location("a"), until: Cancellation())
        try? store.remove(Location("a"), version: nil, until: Cancellation())
        try store.remove(moved.location, version: moved.version, until: Cancellation())
    }

    private static func descriptors(in directory: String) throws -> Int {
        let links = "/proc/self/fd"
        return try FileManager.default.contentsOfDirectory(atPath: links)
            .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(links)/\($0)") }
            .filter { $0.hasPrefix(directory) }
            .count
    }
}
