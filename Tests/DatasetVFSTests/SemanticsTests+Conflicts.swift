import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    // If someone else published meanwhile (409): theirs stays, ours is kept beside it as
    // `name.conflict-<host>-<time>.ext`, `close` answers ESTALE, and `errors` says so. Nothing is overwritten silently.
    @Suite("Changed by somebody else")
    struct Conflicts {
        @Test(
            "Theirs stays, ours stands beside it, close answers ESTALE, errors says so",
            arguments: Durability.allCases
        )
        func beside(_ durability: Durability) async throws {
            let tree = TreeStore()
            let id = tree.add("f.txt", .text("base"))
            try await withMount(durability, tree, { $0.host = "lab" }) { (mount) throws in
                let handle = try mount.open("f.txt", O_RDWR)
                try mount.write(handle, "ours")
                tree.write(id, .text("theirs"))
                #expect(
                    errno { () throws(VFSError) in try mount.flush(handle) } == (durability == .through ? ESTALE : 0)
                )
                try mount.drain()
                #expect(try mount.read(handle) == Array("ours".utf8))
                mount.vfs.release(handle)
                let view = try mount.atStore()
                #expect(view["f.txt"] == "theirs")
                let copy = view.paths.first { $0 != "f.txt" } ?? ""
                #expect(copy.hasPrefix("f.conflict-lab-") && copy.hasSuffix(".txt"))
                #expect(view[copy] == "ours")
                #expect(view.paths.count == 2)
                #expect(eventually { (try? mount.list().sorted()) == [copy, "f.txt"].sorted() })
                #expect(try mount.text("f.txt") == "theirs")
                #expect(try mount.text(copy) == "ours")
                #expect(try mount.text(".datasetfs/errors").contains("/f.txt"))
            }
        }

        @Test("A file that was removed meanwhile is made anew", arguments: Durability.allCases)
        func vanished(_ durability: Durability) async throws {
            let tree = TreeStore()
            let id = tree.add("f.txt", .text("base"))
            try await withMount(durability, tree) { (mount) throws in
                let handle = try mount.open("f.txt", O_WRONLY | O_TRUNC)
                try mount.write(handle, "ours")
                tree.remove(id)
                try mount.close(handle)
                try mount.drain()
                #expect(try mount.atStore()["f.txt"] == "ours")
                #expect(try mount.text("f.txt") == "ours")
            }
        }

        @Test("A change of a part whose base is gone is kept as an error, not tried again and again")
        func baseGone() async throws {
            let tree = TreeStore(TreeStore.Options(keepsOldVersions: false))
            let id = tree.add("f", .pattern(seed: 1, size: 1_000_000))
            try await withMount(.back, tree) { (mount) throws in
                let handle = try mount.open("f", O_WRONLY)
                try mount.write(handle, "ours", at: 500_000)
                tree.remove(id)
                try mount.close(handle)
                #expect(eventually { (try? mount.queue().first?.contains("\"error\"")) == true })
                let calls = mount.calls
                mount.time.advance(by: .seconds(3600))
                usleep(100_000)
                #expect(mount.calls < calls + 20)
            }
        }

        @Test("What goes into a directory that was removed at the store is kept as an error, not tried again and again")
        func directoryGone() async throws {
            let tree = TreeStore()
            let id = tree.directory("d")
            try await withMount(.back, tree) { (mount) throws in
                let handle = try mount.open("d/f", O_WRONLY | O_CREAT)
                try mount.write(handle, "ours")
                tree.remove(id)
                try mount.close(handle)
                #expect(eventually { (try? mount.queue().first?.contains("\"error\"")) == true })
                let calls = mount.store.calls(.create)
                mount.time.advance(by: .seconds(3600))
                usleep(100_000)
                #expect(mount.store.calls(.create) == calls)
            }
        }

        @Test("A directory that somebody else made first is theirs and ours: what is in it goes there")
        func sameDirectory() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                mount.store.script(.create, .hold(gate))
                #expect(try mount.list().isEmpty)
                try mount.mkdir("d")
                try mount.put("d/ours", "1")
                #expect(gate.waitForArrivals(1))
                try store.put("2", at: "d/theirs")
                gate.open()
                try mount.drain()
                let view = try mount.atStore()
                #expect(view["d/ours"] == "1" && view["d/theirs"] == "2")
                mount.time.advance(by: .seconds(60))
                try mount.set("user.datasetfs.refresh", of: "d")
                #expect(try mount.list("d").sorted() == ["ours", "theirs"])
            }
        }

        @Test("Of two that make the same directory one is told EEXIST")
        func mkdirRace() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                #expect(try mount.list().isEmpty)
                try store.put("2", at: "d/theirs")
                #expect(errno { () throws(VFSError) in try mount.mkdir("d") } == EEXIST)
                #expect(try mount.atStore().paths == ["d", "d/theirs"])
            }
        }

        @Test("A file written anew after an answer was lost is published as it is now", arguments: [true, false])
        func lostAnswer(exists: Bool) async throws {
            for base in [Gufe.MemoryStore(), TreeStore()] as [any Store] {
                if exists {
                    if let tree = base as? TreeStore { tree.add("f", .text("old")) }
                    if let memory = base as? Gufe.MemoryStore { try memory.put("old", at: "f") }
                }
                try await withMount(.back, base) { (mount) throws in
                    let lost = StoreFault.failAfter(StoreError(.reset, "the answer is lost"))
                    mount.store.script(exists ? .replace : .create, lost)
                    try mount.put("f", "one")
                    #expect(eventually { (try? mount.state("f")) == "error" })
                    try mount.put("f", "two")
                    mount.time.advance(by: .seconds(3600))
                    try mount.drain()
                    #expect(try mount.atStore()["f"] == "two")
                    #expect(try mount.atStore().paths == ["f"])
                    #expect(try mount.text("f") == "two")
                }
            }
        }

        @Test(
            "A file that is open for change goes on from its own bytes after the store has dropped the version it was"
        )
        func openOver() async throws {
            for (base, size) in [(20_000 as UInt64, 128 << 10), (400_000, 0)] {
                let content = ReferenceContent.pattern(seed: 3, size: base)
                let tree = TreeStore(TreeStore.Options(keepsOldVersions: false))
                tree.add("f", content)
                let writing = Mounted.Writing(durability: .through, inlineLimit: size)
                try await withMount(tree, keepsBlocks: false, writing: writing) { (mount) throws in
                    let handle = try mount.open("f", O_RDWR)
                    var expected = content
                    for index in 0..<4 {
                        let offset = UInt64(1000 * index)
                        try mount.write(handle, "patch", at: offset)
                        expected = expected.writing(Array("patch".utf8), at: offset)
                        try mount.fsync(handle)
                        #expect(expected.firstMismatch(try mount.read(handle)) == nil)
                    }
                    try mount.close(handle)
                    #expect(expected.firstMismatch(try mount.contents("f")) == nil)
                    guard case .file(let bytes) = try mount.atStore().things["f"]?.first else { return }
                    #expect(expected.firstMismatch(bytes) == nil)
                }
            }
        }

        @Test("Parts changed before, while and after a file is uploaded all arrive, also over a remount")
        func parts() async throws {
            let store = Gufe.MemoryStore()
            try store.put("AAAAAAAA", at: "f")
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.read, .hold(gate), times: nil)
                mount.store.script(.replace, .hold(gate), times: nil)
                for index in 0..<4 { try mount.patch("f", "b", at: UInt64(index * 2)) }
                try mount.crash()
                try mount.patch("f", "c", at: 7)
                mount.store.heal()
                gate.open()
                #expect(try mount.text("f") == "bAbAbAbc")
                try mount.drain()
                #expect(try mount.atStore()["f"] == "bAbAbAbc")
                #expect(try mount.atStore().paths == ["f"])
            }
        }
    }
}
