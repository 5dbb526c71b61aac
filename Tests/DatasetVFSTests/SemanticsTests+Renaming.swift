import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Rename")
    struct Renaming {
        // Unpublished files: local, atomic, any direction.
        @Test("What is not published yet merely is called otherwise", arguments: Durability.allCases)
        func unpublished(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                let handle = try mount.open("a", O_WRONLY | O_CREAT)
                try mount.write(handle, "one")
                try mount.rename("a", "b")
                #expect(try mount.list() == ["b"])
                #expect(try mount.text("b") == "one")
                try mount.close(handle)
                try mount.drain()
                #expect(try mount.atStore().paths == ["b"])
                #expect(mount.store.creations.map(\.name) == ["b"])
            }
        }

        // Rename over a published file publishes one new revision of the target and never uploads the temporary name.
        @Test(
            "tmp + rename over a published file is one revision of it, and the temporary name never is at the store",
            arguments: Durability.allCases,
            [".f.txt.Ab3xYz", "f.txt.tmp", "sedAbCdEf", ".f.txt.swp"]
        )
        func overPublished(_ durability: Durability, _ temporary: String) async throws {
            let tree = TreeStore()
            let id = tree.add("f.txt", .text("old"))
            try await withMount(durability, tree) { (mount) throws in
                let number = try mount.inode("f.txt")
                try mount.put(temporary, "new")
                try mount.rename(temporary, "f.txt")
                try mount.drain()
                #expect(try mount.atStore()["f.txt"] == "new")
                #expect(try mount.atStore().paths == ["f.txt"])
                #expect(tree.versions(of: id) == 2)
                #expect(mount.store.calls(.replace) == 1)
                #expect(mount.store.creations.isEmpty)
                #expect(try mount.text("f.txt") == "new")
                #expect(try mount.list() == ["f.txt"])
                #expect(try mount.inode("f.txt") != number, "The number goes with the newcomer, as on a disk.")
            }
        }

        @Test("Whoever has the replaced file open reads on what it was")
        func replacedOpen() async throws {
            let tree = TreeStore()
            tree.add("f", .text("old"))
            try await withMount(.through, tree) { (mount) throws in
                let reader = try mount.open("f", O_RDONLY)
                try mount.put("f.tmp", "new")
                try mount.rename("f.tmp", "f")
                #expect(try mount.read(reader) == Array("old".utf8))
                mount.vfs.release(reader)
                #expect(try mount.text("f") == "new")
            }
        }

        // Published files and directories: by the store's own rename where it has one
        @Test("The store's own rename is used where it has one", arguments: Durability.allCases)
        func atStore(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try store.put("one", at: "d/a")
            try store.put("x", at: "e/x")
            try await withMount(durability, store) { (mount) throws in
                let number = try mount.inode("d/a")
                try mount.rename("d/a", "e/b")
                #expect(mount.store.calls(.rename) == 1 && mount.store.calls(.create) == 0)
                #expect(try mount.atStore()["e/b"] == "one")
                #expect(try mount.inode("e/b") == number)
                #expect(try mount.lookup("d/a") == nil)
                try mount.rename("e", "g")
                #expect(try mount.text("g/b") == "one")
                #expect(try mount.list("g").sorted() == ["b", "x"])
                #expect(try mount.lookup("e") == nil)
            }
        }

        // otherwise copy and delete, journalled so that a crash leaves the old name, the new name or both, never neither.
        @Test("Where the store cannot rename it is copied and then removed", arguments: Durability.allCases)
        func copied(_ durability: Durability) async throws {
            let tree = TreeStore()
            tree.add("a", .text("one")) { $0.description = "what it is" }
            try await withMount(durability, tree) { (mount) throws in
                let number = try mount.inode("a")
                try mount.rename("a", "b")
                #expect(try mount.list() == ["b"])
                #expect(try mount.text("b") == "one")
                try mount.drain()
                #expect(try mount.atStore()["b"] == "one")
                #expect(try mount.atStore().paths == ["b"])
                #expect(mount.store.creations.map(\.description) == ["what it is"])
                #expect(try mount.inode("b") == number)
                #expect(try mount.text("b") == "one")
            }
        }

        @Test(
            "A crash at any store call of such a copy leaves the old name, the new name or both, never neither",
            arguments: [FaultyStore.Call.create, .remove, .read],
            [true, false]
        )
        func crashed(_ call: FaultyStore.Call, before: Bool) async throws {
            let content = ReferenceContent.pattern(seed: 4, size: 300_000)
            let tree = TreeStore()
            tree.add("a", content)
            try await withMount(.back, tree) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(call, before ? .hold(gate) : .holdAfter(gate))
                try mount.rename("a", "b")
                #expect(gate.waitForArrivals(1))
                #expect(!(try mount.atStore().paths.isEmpty))
                // After the crash the removal could go at once; the copy cannot.
                mount.store.heal()
                let later = Gate()
                defer { later.open() }
                mount.store.script(.create, .hold(later))
                try mount.crash(deletingCache: true)
                #expect(eventually(within: .milliseconds(300)) { later.arrived > 0 } || call == .remove)
                #expect(!(try mount.atStore().paths.isEmpty), "Neither name is at the store.")
                #expect(content.firstMismatch(try mount.contents("b")) == nil)
                later.open()
                try mount.drain()
                #expect(try mount.atStore().paths == ["b"])
                #expect(content.firstMismatch(try mount.contents("b")) == nil)
            }
        }

        @Test("A copy that the store refuses keeps the old name; a retry goes through with both")
        func refusedCopy() async throws {
            let tree = TreeStore()
            tree.add("a", .text("one"))
            try await withMount(.back, tree) { (mount) throws in
                mount.store.script(.create, .fail(StoreError(.forbidden, "no")))
                try mount.rename("a", "b")
                #expect(eventually { (try? mount.state("b")) == "error" })
                #expect(try mount.atStore()["a"] == "one")
                #expect(mount.store.calls(.remove) == 0)
                try mount.remount()
                #expect(try mount.state("b") == "error")
                #expect(mount.store.calls(.remove) == 0)
                try mount.set("user.datasetfs.retry", of: "")
                try mount.drain()
                #expect(try mount.atStore().paths == ["b"])
            }
        }

        @Test("Giving up the copy of a rename gives up the rename: the original stays")
        func discardedCopy() async throws {
            let tree = TreeStore()
            tree.add("a", .text("one"))
            try await withMount(.back, tree) { (mount) throws in
                mount.store.script(.create, .fail(StoreError(.forbidden, "no")), times: nil)
                try mount.rename("a", "b")
                #expect(eventually { (try? mount.state("b")) == "error" })
                try mount.set("user.datasetfs.discard", of: "b")
                try mount.drain()
                #expect(try mount.atStore()["a"] == "one")
                #expect(try mount.list() == ["a"])
                #expect(try mount.text("a") == "one")
            }
        }

        // `RENAME_NOREPLACE` and `RENAME_EXCHANGE`: honoured where atomic, else EINVAL.
        @Test("NOREPLACE and EXCHANGE")
        func flags() async throws {
            let store = Gufe.MemoryStore()
            try store.put("p", at: "published")
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, .hold(gate), times: nil)
                try mount.put("a", "1")
                try mount.put("b", "2")
                #expect(errno { () throws(VFSError) in try mount.rename("a", "b", .mustBeFree) } == EEXIST)
                #expect(errno { () throws(VFSError) in try mount.rename("a", "published", .exchanges) } == EINVAL)
                #expect(errno { () throws(VFSError) in try mount.rename("a", "nothing", .exchanges) } == ENOENT)
                try mount.rename("a", "b", .exchanges)
                #expect(try mount.text("a") == "2")
                #expect(try mount.text("b") == "1")
                try mount.rename("a", "c", .mustBeFree)
                mount.store.heal()
                gate.open()
                try mount.drain()
                let view = try mount.atStore()
                #expect(view["b"] == "1" && view["c"] == "2" && view["published"] == "p")
                #expect(view.paths == ["b", "c", "published"])
            }
        }

        @Test("A directory that is not empty is no target, and what was to be renamed is published all the same")
        func obstacle() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                mount.store.script(.create, .hold(gate), times: nil)
                try mount.mkdir("a")
                try mount.mkdir("b")
                try mount.put("b/x", "x")
                try mount.put("f", "f")
                #expect(errno { () throws(VFSError) in try mount.rename("a", "b") } == ENOTEMPTY)
                #expect(errno { () throws(VFSError) in try mount.rename("f", "b") } == EISDIR)
                #expect(errno { () throws(VFSError) in try mount.rename("a", "f") } == ENOTDIR)
                mount.store.heal()
                gate.open()
                try mount.drain()
                #expect(try mount.atStore().paths == ["a", "b", "b/x", "f"])
                try mount.rename("a", "c")
                #expect(try mount.atStore().paths == ["b", "b/x", "c", "f"])
            }
        }

        @Test("A rename while the file is uploaded calls the upload off; only the new name comes to the store")
        func whileUploading() async throws {
            let tree = TreeStore()
            try await withMount(.back, tree) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, .hold(gate))
                try mount.put("a", "1")
                #expect(gate.waitForArrivals(1))
                try mount.rename("a", "b")
                #expect(try mount.text("b") == "1")
                try mount.drain()
                #expect(try mount.atStore().paths == ["b"])
            }
        }
    }
}
