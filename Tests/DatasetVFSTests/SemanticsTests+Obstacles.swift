import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Rename over links and empty directories")
    struct Obstacles {
        private static let link = "https://example.org/there"

        @Test(
            "A link gives its name to a file in one step, also when the store refuses to let it go",
            arguments: Durability.allCases,
            [true, false]
        )
        func link(_ durability: Durability, isPublished: Bool) async throws {
            for base in [Gufe.MemoryStore(), TreeStore()] as [any Store] {
                try await withMount(durability, base) { (mount) throws in
                    try mount.symlink(Self.link, "name")
                    try mount.drain()
                    try mount.put(isPublished ? "f" : "f.tmp", "text")
                    try mount.rename(isPublished ? "f" : "f.tmp", "name")
                    #expect(try mount.list() == ["name"])
                    #expect(try mount.text("name") == "text")
                    try mount.drain()
                    #expect(try mount.atStore()["name"] == "text")
                    #expect(try mount.atStore().paths == ["name"])
                    #expect(try mount.text("name") == "text")
                }
            }
        }

        @Test(
            "A crash in between leaves the newcomer where the store no longer has the old thing",
            arguments: [true, false]
        )
        func crashed(isPublished: Bool) async throws {
            for base in [Gufe.MemoryStore(), TreeStore()] as [any Store] {
                try await withMount(.back, base) { (mount) throws in
                    try mount.symlink(Self.link, "name")
                    try mount.drain()
                    try mount.put(isPublished ? "f" : "f.tmp", "text")
                    if isPublished { try mount.drain() }
                    let gate = Gate()
                    defer { gate.open() }
                    mount.store.script(.create, .hold(gate), times: nil)
                    try mount.rename(isPublished ? "f" : "f.tmp", "name")
                    #expect(gate.waitForArrivals(1))
                    mount.store.heal()
                    try mount.crash(deletingCache: true)
                    #expect(try mount.list() == ["name"])
                    #expect(try mount.text("name") == "text")
                    try mount.drain()
                    #expect(try mount.atStore()["name"] == "text")
                    #expect(try mount.atStore().paths == ["name"])
                }
            }
        }

        @Test(
            "An empty directory gives its name to another directory with all that is in it",
            arguments: Durability.allCases
        )
        func directory(_ durability: Durability) async throws {
            for base in [Gufe.MemoryStore(), TreeStore()] as [any Store] {
                try await withMount(durability, base) { (mount) throws in
                    try mount.mkdir("d")
                    try mount.put("d/x", "x")
                    try mount.mkdir("name")
                    try mount.drain()
                    try mount.rename("d", "name")
                    #expect(try mount.list() == ["name"])
                    #expect(try mount.text("name/x") == "x")
                    try mount.drain()
                    #expect(try mount.atStore().paths == ["name", "name/x"])
                    #expect(try mount.text("name/x") == "x")
                    try mount.mkdir("full")
                    try mount.put("full/y", "y")
                    #expect(errno { () throws(VFSError) in try mount.rename("name", "full") } == ENOTEMPTY)
                    #expect(try mount.list().sorted() == ["full", "name"])
                }
            }
        }

        @Test("What was renamed over a link can have its old name back before the store has heard of it")
        func back() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                try mount.symlink(Self.link, "name")
                try mount.put("f", "text")
                try mount.drain()
                let gate = Gate()
                defer { gate.open() }
                for call in [FaultyStore.Call.create, .remove] { mount.store.script(call, .hold(gate), times: nil) }
                try mount.rename("f", "name")
                try mount.rename("name", "f")
                mount.store.heal()
                gate.open()
                try mount.drain()
                #expect(try mount.list() == ["f"])
                #expect(try mount.atStore()["f"] == "text")
                #expect(try mount.atStore().paths == ["f"])
            }
        }
    }
}
