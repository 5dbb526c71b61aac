import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Removal")
    struct Removing {
        // `unlink` deletes the entry (open handles keep reading).
        @Test("unlink deletes at the store; open handles keep reading and writing", arguments: Durability.allCases)
        func unlink(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try store.put("bytes", at: "f")
            try await withMount(durability, store) { (mount) throws in
                let reader = try mount.open("f", O_RDONLY)
                #expect(try mount.read(reader) == Array("bytes".utf8))
                let writer = try mount.open("f", O_RDWR)
                try mount.unlink("f")
                #expect(try mount.lookup("f") == nil)
                try mount.write(writer, "B")
                #expect(try mount.read(writer) == Array("Bytes".utf8))
                #expect(try mount.read(reader) == Array("Bytes".utf8))
                try mount.close(writer)
                mount.vfs.release(reader)
                try mount.drain()
                #expect(try mount.atStore().paths.isEmpty)
                #expect(mount.store.calls(.replace) == 0)
            }
        }

        @Test(
            "A file that was made and unlinked before it was closed never comes to the store",
            arguments: Durability.allCases
        )
        func temporary(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                let handle = try mount.open("f", O_RDWR | O_CREAT)
                try mount.write(handle, "one")
                try mount.unlink("f")
                try mount.write(handle, "t", at: 3)
                #expect(try mount.read(handle) == Array("onet".utf8))
                try mount.close(handle)
                try mount.drain()
                #expect(try mount.atStore().paths.isEmpty)
                #expect(mount.store.calls(.create) == 0)
            }
        }

        @Test("An unlink while the file is uploaded leaves nothing at the store", arguments: [true, false])
        func whileUploading(applied: Bool) async throws {
            let tree = TreeStore()
            try await withMount(.back, tree) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, applied ? .holdAfter(gate) : .hold(gate))
                try mount.put("f", "one")
                #expect(gate.waitForArrivals(1))
                try mount.unlink("f")
                #expect(try mount.lookup("f") == nil)
                try mount.drain()
                #expect(eventually { (try? mount.atStore().paths.isEmpty) == true })
                try mount.set("user.datasetfs.refresh", of: "")
                #expect(try mount.list().isEmpty)
            }
        }

        @Test("A name that was removed can be used at once", arguments: Durability.allCases)
        func again(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try store.put("old", at: "f")
            try store.put("x", at: "d/x")
            try await withMount(durability, store) { (mount) throws in
                for index in 0..<5 {
                    try mount.unlink("f")
                    try mount.put("f", "new \(index)")
                }
                try mount.unlink("d/x")
                try mount.rmdir("d")
                try mount.mkdir("d")
                try mount.put("d/y", "y")
                try mount.drain()
                let view = try mount.atStore()
                #expect(view["f"] == "new 4" && view["d/y"] == "y")
                #expect(view.paths == ["d", "d/y", "f"])
            }
        }

        // `rmdir` refuses what is not empty, on datasets too, although the store would cascade.
        @Test(
            "rmdir refuses what is not empty, also by what another client put there a moment ago",
            arguments: Durability.allCases
        )
        func rmdir(_ durability: Durability) async throws {
            let tree = TreeStore()
            let id = tree.directory("d")
            try await withMount(durability, tree) { (mount) throws in
                #expect(try mount.list("d").isEmpty)
                tree.add("theirs", .text("x"), in: id)
                #expect(errno { () throws(VFSError) in try mount.rmdir("d") } == ENOTEMPTY)
                #expect(try mount.atStore()["d/theirs"] == "x")
                try mount.unlink("d/theirs")
                try mount.put("d/ours", "y")
                #expect(errno { () throws(VFSError) in try mount.rmdir("d") } == ENOTEMPTY)
                try mount.unlink("d/ours")
                try mount.rmdir("d")
                #expect(try mount.lookup("d") == nil)
                try mount.drain()
                #expect(try mount.atStore().paths.isEmpty)
                #expect(errno { () throws(VFSError) in try mount.rmdir("d") } == ENOENT)
                try mount.put("f", "f")
                #expect(errno { () throws(VFSError) in try mount.rmdir("f") } == ENOTDIR)
                try mount.mkdir("e")
                #expect(errno { () throws(VFSError) in try mount.unlink("e") } == EISDIR)
            }
        }

        // Only the store's own "not found" makes a name vanish.
        @Test(
            "A removal that the store does not answer or refuses leaves the name, of a through mount; what was written stays"
        )
        func refused() async throws {
            let store = Gufe.MemoryStore()
            try store.put("old", at: "f")
            try await withMount(.through, store) { (mount) throws in
                mount.store.script(.replace, .fail(StoreError(.quotaExceeded, "full")), times: nil)
                mount.store.script(.remove, .fail(StoreError(.forbidden, "no")), times: nil)
                #expect(errno { () throws(VFSError) in try mount.put("f", "new") } == EDQUOT)
                #expect(errno { () throws(VFSError) in try mount.unlink("f") } == EACCES)
                #expect(
                    try mount.text("f") == "new",
                    "What was written and not published is not lost by a removal that failed."
                )
                mount.store.heal()
                try mount.set("user.datasetfs.retry", of: "f")
                try mount.drain()
                #expect(try mount.atStore()["f"] == "new")
            }
        }

        @Test("A removed file is gone after a crash as well, and is removed by the next mount")
        func crash() async throws {
            let store = Gufe.MemoryStore()
            try store.put("old", at: "f")
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                mount.store.script(.remove, .hold(gate))
                try mount.unlink("f")
                #expect(gate.waitForArrivals(1))
                try mount.crash(deletingCache: true)
                #expect(try mount.lookup("f") == nil)
                try mount.drain()
                #expect(try mount.atStore().paths.isEmpty)
            }
        }
    }
}
