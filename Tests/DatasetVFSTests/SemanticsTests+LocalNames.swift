import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    // Files matching the ignore patterns … and editors' scratch names … are kept locally and never published; renamed to
    // an ordinary name they are.
    @Suite("Names that stay here")
    struct LocalNames {
        @Test(
            "They never come to the store, and are there after a crash with a new cache",
            arguments: Durability.allCases
        )
        func local(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                try mount.mkdir(".git")
                try mount.mkdir(".git/objects")
                try mount.put(".git/objects/ab", "blob")
                try mount.put(".f.swp", "swap")
                try mount.put("f~", "backup")
                try mount.drain()
                #expect(mount.store.calls(.create) == 0)
                #expect(try mount.state(".f.swp") == "local")
                #expect(try mount.queue().isEmpty)
                try mount.crash(deletingCache: true)
                #expect(try mount.text(".git/objects/ab") == "blob")
                #expect(try mount.text("f~") == "backup")
                #expect(try mount.list().sorted() == [".f.swp", ".git", "f~"])
                try mount.unlink(".git/objects/ab")
                try mount.rmdir(".git/objects")
                try mount.rmdir(".git")
                #expect(mount.store.calls(.create) == 0 && mount.store.calls(.remove) == 0)
            }
        }

        @Test("Renamed to an ordinary name they are published", arguments: Durability.allCases)
        func renamed(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                try mount.put("f~", "backup")
                try mount.rename("f~", "f")
                try mount.drain()
                #expect(try mount.atStore()["f"] == "backup")
                try mount.mkdir("node_modules")
                try mount.put("node_modules/x", "x")
                try mount.rename("node_modules", "modules")
                try mount.drain()
                #expect(try mount.atStore()["modules/x"] == "x")
            }
        }

        // … plus .gitignore-style files in the tree …
        @Test("What .gitignore files say holds below them, the deeper one first", arguments: Durability.allCases)
        func gitignore(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                try mount.put(".gitignore", "*.log\nbuild/\n/top.txt\n")
                try mount.mkdir("run")
                try mount.put("run/.gitignore", "!kept.log\n")
                for path in ["a.log", "top.txt", "run/b.log", "run/kept.log", "run/top.txt", "run/c.txt"] {
                    try mount.put(path, path)
                }
                try mount.mkdir("run/build")
                try mount.put("run/build/out.txt", "out")
                try mount.drain()
                #expect(
                    try mount.atStore().paths.sorted()
                        == [".gitignore", "run", "run/.gitignore", "run/c.txt", "run/kept.log", "run/top.txt"]
                )
                #expect(try mount.state("run/b.log") == "local")
                #expect(try mount.text("run/build/out.txt") == "out")
                // A rule that is taken back lets through what is made from then on.
                try mount.put("run/.gitignore", "!*.log\n")
                try mount.put("run/d.log", "d")
                try mount.rename("run/b.log", "run/e.log")
                try mount.drain()
                #expect(try mount.atStore()["run/d.log"] == "d")
                #expect(try mount.atStore()["run/e.log"] == "run/b.log")
            }
        }

        @Test(
            "A .gitignore that the store has is asked before anything is made below it",
            arguments: Durability.allCases
        )
        func known(_ durability: Durability) async throws {
            let tree = TreeStore()
            tree.add(".gitignore", .text("secret*\n"))
            try await withMount(durability, tree) { (mount) throws in
                _ = try mount.list()
                try mount.put("secret.txt", "mine")
                try mount.put("open.txt", "yours")
                try mount.drain()
                #expect(try mount.atStore().paths.sorted() == [".gitignore", "open.txt"])
                #expect(try mount.text("secret.txt") == "mine")
            }
        }

        @Test("A published file that gets such a name stays here whole", arguments: Durability.allCases)
        func hidden(_ durability: Durability) async throws {
            let tree = TreeStore()
            tree.add("f", .pattern(seed: 1, size: 300_000))
            try await withMount(durability, tree) { (mount) throws in
                let mover = Behind { errno { () throws(VFSError) in try mount.rename("f", "f~") } }
                #expect(
                    eventually {
                        mount.time.advance(by: .seconds(6))
                        return mover.now != nil
                    }
                )
                #expect(mover.value() == 0)
                mount.time.advance(by: .seconds(6))
                try mount.drain()
                #expect(try mount.atStore().paths.isEmpty)
                let content = ReferenceContent.pattern(seed: 1, size: 300_000)
                #expect(content.firstMismatch(try mount.contents("f~")) == nil)
                try mount.crash(deletingCache: true)
                #expect(content.firstMismatch(try mount.contents("f~")) == nil)
            }
        }

        @Test("What is kept here in a directory goes with it when the store renames it")
        func directoryRenamed() async throws {
            let store = Gufe.MemoryStore()
            try store.put("x", at: "d/sub/x")
            try await withMount(.back, store) { (mount) throws in
                try mount.put("d/a~", "1")
                try mount.put("d/sub/b~", "2")
                let handle = try mount.open("d/sub/x", O_WRONLY)
                try mount.write(handle, "y")
                try mount.rename("d", "e")
                #expect(try mount.text("e/a~") == "1")
                #expect(try mount.text("e/sub/b~") == "2")
                try mount.close(handle)
                try mount.drain()
                #expect(try mount.atStore()["e/sub/x"] == "y")
                #expect(try mount.atStore().paths == ["e", "e/sub", "e/sub/x"])
                try mount.crash(deletingCache: true)
                #expect(try mount.list("e").sorted() == ["a~", "sub"])
                #expect(try mount.text("e/sub/b~") == "2")
            }
        }

        @Test("A name in passing is published when it still stands after a while")
        func passing() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                try mount.put("x.tmp", "1")
                #expect(mount.store.calls(.create) == 0)
                mount.time.advance(by: .seconds(4))
                usleep(20_000)
                #expect(mount.store.calls(.create) == 0)
                mount.time.advance(by: .seconds(2))
                #expect(eventually { (try? mount.atStore()["x.tmp"]) == "1" })
            }
        }

        @Test("A clock that is set back does not keep a name in passing for ever")
        func clock() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                try mount.put("x.tmp", "1")
                mount.time.setWall(nanoseconds: 1_000_000_000)
                try mount.crash()
                mount.time.advance(by: .seconds(6))
                #expect(eventually { (try? mount.atStore()["x.tmp"]) == "1" })
            }
        }
    }
}
