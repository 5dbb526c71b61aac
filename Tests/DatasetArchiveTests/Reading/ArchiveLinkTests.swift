import DatasetSync
import Testing

@testable import DatasetArchive

@Suite("Symbolic links in an archive")
struct ArchiveLinkTests {
    private func link(_ name: String, _ target: String) -> ZipBuilder.Entry {
        var entry = ZipBuilder.Entry(name, Array(target.utf8))
        entry.externalAttributes = 0o120777 << 16
        return entry
    }

    @Test(
        "Links that stay inside are told from those that leave",
        arguments: [
            ("b", true), ("../a/b", true), ("../top", true), (".", true), ("..", true), ("../missing/x", true),
            ("../../outside", false), ("/etc/passwd", false), ("../..", false), ("", false), ("b/../../..", false),
            ("loop/../../x", false), ("missing/../../x", false), ("../a/../a/b", true), ("x\0y", false),
        ]
    )
    func confinement(target: String, isInside: Bool) throws {
        let directory = try ArchiveDirectory(
            ZipBuilder([
                ZipBuilder.Entry("a/b"), ZipBuilder.Entry("top"), link("a/link", target), link("a/loop", "."),
            ]).bytes
        )
        let tree = try ArchiveTree(directory)
        let node = try #require(tree.node(at: "a/link"))

        #expect(tree.nodes[node].kind == .symbolicLink)
        #expect(tree.confine(target, of: node) == isInside)
    }

    @Test("The target is the content of the member")
    func target() throws {
        let source = MemorySource(ZipBuilder([link("l", "some/where"), link("empty", ""), link("nul", "a\0b")]).bytes)
        let members = try ArchiveDirectory(source.bytes).members

        #expect(try MemberReader(members[0], in: source).linkTarget(until: Cancellation()) == "some/where")
        #expect(code { try MemberReader(members[1], in: source).linkTarget(until: Cancellation()) } == .unsafeLink)
        #expect(code { try MemberReader(members[2], in: source).linkTarget(until: Cancellation()) } == .unsafeLink)
    }
}
