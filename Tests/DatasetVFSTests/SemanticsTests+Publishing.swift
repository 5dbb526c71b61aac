import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Synchronization
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Publishing")
    struct Publishing {
        // `through` (default): `close(2)` returns 0 when the store has the content and says active
        @Test("Through: what close answered 0 for is at the store")
        func through() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                try mount.put("a.txt", "hello")
                #expect(try mount.atStore()["a.txt"] == "hello")
                #expect(mount.store.calls(.create) == 1)
                #expect(try mount.text("a.txt") == "hello")
                #expect(try mount.queue().isEmpty)
            }
        }

        // `back`: data and intent are fsynced in the local journal
        @Test(
            "Back: close does not wait for the store, every reader of the mount sees the bytes, a drain publishes them"
        )
        func back() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, .hold(gate))
                try mount.put("a.txt", "hello")
                #expect(gate.waitForArrivals(1))
                #expect(try mount.atStore().paths.isEmpty)
                #expect(try mount.text("a.txt") == "hello")
                #expect(try mount.entry("a.txt").status.size == 5)
                #expect(try mount.list() == ["a.txt"])
                #expect(try mount.state("a.txt") == "uploading")
                #expect(try mount.queue().count == 1)
                gate.open()
                try mount.drain()
                #expect(try mount.atStore()["a.txt"] == "hello")
                #expect(try mount.queue().isEmpty)
            }
        }

        @Test(
            "The time that a writer saw stays with its version, whatever the store says",
            arguments: Durability.allCases
        )
        func modificationTime(_ durability: Durability) async throws {
            for base in [Gufe.MemoryStore(), TreeStore()] as [any Store] {
                try await withMount(durability, base) { (mount) throws in
                    for text in ["one", "two"] {
                        mount.time.advance(by: .seconds(100))
                        try mount.put("f", text)
                        let shown = try mount.entry("f").status.modified
                        try mount.drain()
                        #expect(try mount.entry("f").status.modified == shown)
                        mount.time.advance(by: .seconds(100))
                        try mount.set("user.datasetfs.refresh", of: "")
                        try mount.set("user.datasetfs.refresh", of: "f")
                        #expect(try mount.text("f") == text)
                        #expect(try mount.entry("f").status.modified == shown)
                        try mount.remount()
                        #expect(try mount.entry("f").status.modified == shown)
                    }
                }
            }
        }

        @Test("A file that is published all the time can be opened at any moment, and is one file")
        func openedWhilePublished() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                let handle = try mount.open("f", O_RDWR | O_CREAT)
                try mount.write(handle, "0")
                try mount.fsync(handle)
                let number = try mount.inode("f")
                let isOver = Atomic(false)
                let readers = (0..<3).map { _ in
                    Behind { () -> [String] in
                        var failures: [String] = []
                        while !isOver.load(ordering: .relaxed), failures.count < 5 {
                            do throws(VFSError) {
                                let file = try mount.vfs.open(number, flags: O_RDWR, mount.context()).handle
                                defer { mount.vfs.release(file) }
                                if try mount.read(file).isEmpty { failures.append("nothing is read") }
                                if try mount.inode("f") != number { failures.append("another number") }
                            } catch {
                                failures.append("\(error)")
                            }
                        }
                        return failures
                    }
                }
                for round in 0..<100 {
                    try mount.write(handle, "\(round)")
                    try mount.fsync(handle)
                }
                isOver.store(true, ordering: .relaxed)
                for reader in readers { #expect(reader.value() == []) }
                try mount.close(handle)
                #expect(try mount.atStore()["f"] == "99")
                #expect(try mount.atStore().paths == ["f"])
            }
        }

        @Test("O_CREAT of a name that is there already opens it, unless O_EXCL is given")
        func createdBySomebodyElse() async throws {
            let store = Gufe.MemoryStore()
            try store.put("there", at: "f")
            try await withMount(.through, store) { (mount) throws in
                let flags = O_RDWR | O_CREAT
                let made = try mount.vfs.create("f", in: .root, permissions: 0o666, flags: flags, mount.context())
                #expect(try mount.read(made.file.handle) == Array("there".utf8))
                #expect(made.entry.status.inode == (try mount.inode("f")))
                mount.vfs.release(made.file.handle)
                #expect(
                    errno { () throws(VFSError) in
                        _ = try mount.vfs.create(
                            "f",
                            in: .root,
                            permissions: 0o666,
                            flags: flags | O_EXCL,
                            mount.context()
                        )
                    } == EEXIST
                )
            }
        }

        // `fsync` waits for the store in both.
        @Test("fsync waits for the store", arguments: Durability.allCases)
        func fsync(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, .hold(gate))
                let handle = try mount.open("a", O_WRONLY | O_CREAT)
                try mount.write(handle, "one")
                let waiter = Behind { errno { () throws(VFSError) in try mount.fsync(handle) } }
                #expect(gate.waitForArrivals(1))
                #expect(waiter.now == nil)
                gate.open()
                #expect(waiter.value() == 0)
                #expect(try mount.atStore()["a"] == "one")
                try mount.close(handle)
                #expect(mount.store.calls(.create) == 1 && mount.store.calls(.replace) == 0)
            }
        }

        @Test("fsync by a handle that did not write waits for what another wrote")
        func fsyncOfOther() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, .hold(gate))
                try mount.put("a", "one")
                let handle = try mount.open("a", O_RDONLY)
                let waiter = Behind { errno { () throws(VFSError) in try mount.fsync(handle) } }
                #expect(gate.waitForArrivals(1))
                #expect(waiter.now == nil)
                gate.open()
                #expect(waiter.value() == 0)
                mount.vfs.release(handle)
            }
        }

        // `release` never uploads.
        @Test("release never waits, and what was written after the last flush is published behind it")
        func release() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, .hold(gate))
                let handle = try mount.open("a", O_WRONLY | O_CREAT)
                try mount.write(handle, "mapped")
                mount.vfs.release(handle)
                #expect(try mount.text("a") == "mapped")
                #expect(try mount.atStore().paths.isEmpty)
                gate.open()
                try mount.drain()
                #expect(try mount.atStore()["a"] == "mapped")
            }
        }

        // It is published when it is closed.
        @Test(
            "One close is one call at the store; a close that follows no write is none",
            arguments: Durability.allCases
        )
        func once(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                let handle = try mount.open("a", O_WRONLY | O_CREAT)
                for index in 0..<10 { try mount.write(handle, "x", at: UInt64(index)) }
                try mount.close(handle)
                try mount.drain()
                #expect(mount.store.calls(.create) == 1 && mount.store.calls(.replace) == 0)
                for flags in [O_RDONLY, O_WRONLY, O_RDWR] { try mount.close(try mount.open("a", flags)) }
                try mount.drain()
                #expect(mount.store.calls(.create) == 1 && mount.store.calls(.replace) == 0)
                try mount.patch("a", "yy", at: 3)
                try mount.drain()
                #expect(mount.store.calls(.create) == 1 && mount.store.calls(.replace) == 1)
                #expect(try mount.atStore()["a"] == "xxxyyxxxxx")
            }
        }

        @Test("Two closes of one write, as after dup or fork, publish once; each reports how it went")
        func twice() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                let handle = try mount.open("a", O_WRONLY | O_CREAT)
                try mount.write(handle, "one")
                try mount.flush(handle)
                try mount.flush(handle)
                mount.vfs.release(handle)
                #expect(mount.store.calls(.create) == 1 && mount.store.calls(.replace) == 0)
            }
        }

        @Test("An empty file is published as well", arguments: Durability.allCases)
        func empty(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                try mount.put("empty", "")
                try mount.drain()
                #expect(try mount.atStore()["empty"] == "")
                #expect(try mount.contents("empty").isEmpty)
            }
        }

        // every reader of the mount sees its bytes at once
        @Test("Every handle reads what any handle wrote, while it is written, uploaded and published")
        func readYourWrites() async throws {
            let store = Gufe.MemoryStore()
            try store.put("before", at: "a")
            try await withMount(.back, store) { (mount) throws in
                let reader = try mount.open("a", O_RDONLY)
                #expect(try mount.read(reader) == Array("before".utf8))
                let writer = try mount.open("a", O_RDWR)
                let other = try mount.open("a", O_WRONLY)
                try mount.write(writer, "B")
                try mount.write(other, "E", at: 1)
                for handle in [reader, writer] { #expect(try mount.read(handle) == Array("BEfore".utf8)) }
                #expect(try mount.text("a") == "BEfore")
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.replace, .hold(gate))
                try mount.close(writer)
                #expect(gate.waitForArrivals(1))
                #expect(try mount.text("a") == "BEfore")
                try mount.write(other, "later", at: 6)
                #expect(try mount.text("a") == "BEforelater")
                try mount.close(other)
                #expect(try mount.text("a") == "BEforelater")
                gate.open()
                try mount.drain()
                #expect(try mount.atStore()["a"] == "BEforelater")
                #expect(try mount.read(reader) == Array("BEforelater".utf8))
                #expect(try mount.text("a") == "BEforelater")
                mount.vfs.release(reader)
            }
        }

        @Test("What is written while an upload runs goes next, whole", arguments: Durability.allCases)
        func whileUploading(_ durability: Durability) async throws {
            let store = Gufe.MemoryStore()
            try await withMount(durability, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, .holdAfter(gate))
                let first = Behind { errno { () throws(VFSError) in try mount.put("a", "one") } }
                #expect(gate.waitForArrivals(1))
                let second = Behind { errno { () throws(VFSError) in try mount.put("a", "second") } }
                #expect(eventually { (try? mount.text("a")) == "second" })
                gate.open()
                #expect(first.value() == 0)
                #expect(second.value() == 0)
                try mount.drain()
                #expect(try mount.atStore()["a"] == "second")
                #expect(try mount.atStore().paths == ["a"])
            }
        }

        @Test("Inode numbers are the same before, while and after it is published")
        func numbers() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.back, store) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.create, .hold(gate), times: 2)
                try mount.mkdir("d")
                try mount.put("d/a", "1")
                let before = [try mount.inode("d"), try mount.inode("d/a")]
                gate.open()
                try mount.drain()
                #expect([try mount.inode("d"), try mount.inode("d/a")] == before)
                try mount.put("d/a", "22")
                try mount.drain()
                mount.time.advance(by: .seconds(60))
                try mount.set("user.datasetfs.refresh", of: "d")
                #expect(try mount.inode("d/a") == before[1])
                try mount.remount()
                #expect([try mount.inode("d"), try mount.inode("d/a")] == before)
                #expect(try mount.text("d/a") == "22")
            }
        }
    }
}
