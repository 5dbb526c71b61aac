import DatasetCache
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Listing")
    struct Listing {
        // No hang: `statfs`, `ls` of what is already known and reads of what is cached never wait for the network.
        @Test("Opening a directory asks nobody; its names are asked for when they are first read")
        func opening() async throws {
            let tree = TreeStore()
            tree.add("f")
            try await withMount(tree) { (mount) throws in
                let handle = try mount.vfs.openDirectory(.root, mount.context())
                #expect(mount.calls == 0)
                #expect(try mount.items(handle: handle, from: 0, limit: 1).map(\.name) == ["."])
                #expect(mount.calls == 1)
                #expect(try mount.items(handle: handle, from: 1).map(\.name) == ["..", "f"])
                #expect(try mount.items(handle: handle, from: 0).count == 3)
                #expect(mount.calls == 1, "Neither reading on nor reading young names again asks.")

                tree.add("g")
                mount.time.advance(by: .seconds(60))
                #expect(try mount.items(handle: handle, from: 2).map(\.name) == ["f"])
                #expect(mount.calls == 1, "Reading on goes on in what was known.")
                _ = try mount.items(handle: handle, from: 0)
                #expect(eventually { (try? mount.items(handle: handle, from: 0).count) == 4 })
                mount.vfs.releaseDirectory(handle)
            }
        }

        @Test("A handle that begins in the middle lists as well")
        func middle() async throws {
            let tree = TreeStore()
            tree.add("f")
            try await withMount(tree) { (mount) throws in
                let handle = try mount.vfs.openDirectory(.root, mount.context())
                #expect(try mount.items(handle: handle, from: 2).map(\.name) == ["f"])
                mount.vfs.releaseDirectory(handle)
            }
        }

        @Test("What stands against a listing comes out of reading it, until it is over")
        func failing() async throws {
            let tree = TreeStore()
            tree.add("f")
            try await withMount(tree) { (mount) throws in
                mount.store.script(.children, .fail(StoreError(.forbidden, "not yours")), times: 1)
                let handle = try mount.vfs.openDirectory(.root, mount.context())
                #expect(errno { () throws(VFSError) in try mount.items(handle: handle, from: 0) } == EACCES)
                #expect(mount.vfs.errors.all.map(\.operation) == ["list"])
                #expect(try mount.items(handle: handle, from: 0).count == 3)
                mount.vfs.releaseDirectory(handle)
            }
        }

        @Test(
            "A kernel that takes a few names at a time is told each once, and sizes as they are by then",
            arguments: [1, 7, 100]
        )
        func pieces(limit: Int) async throws {
            let tree = TreeStore()
            let names = (0..<500).map { "file \($0)" }
            for name in names { tree.add(name, .text("x")) }
            try await withMount(.back, tree) { (mount) throws in
                let handle = try mount.vfs.openDirectory(.root, mount.context())
                var shown: [String: UInt64?] = [:]
                var offset: UInt64 = 0
                var count = 0
                while true {
                    var piece: [(name: String, offset: UInt64, size: UInt64?)] = []
                    try mount.vfs.readDirectoryPlus(handle, from: offset, mount.context()) { item, entry in
                        guard piece.count < limit else { return false }
                        piece.append((item.name, item.offset, entry?.status.size))
                        return true
                    }
                    guard let last = piece.last else { break }
                    offset = last.offset
                    for (name, _, size) in piece where name != "." && name != ".." {
                        #expect(shown.updateValue(size, forKey: name) == nil, "\(name) comes twice")
                    }
                    count += piece.count
                    if count >= 200, shown["file 450"] == nil { try mount.put("file 450", "longer") }
                }
                mount.vfs.releaseDirectory(handle)

                #expect(Set(shown.keys) == Set(names))
                #expect(shown["file 450"] == 6 && shown["file 449"] == 1)
            }
        }

        @Test(
            "A listing that takes long is believed longer, over remounts as well, and asked for at once when somebody says so"
        )
        func costly() async throws {
            let tree = TreeStore()
            tree.add("f")
            try await withMount(tree) { (mount) throws in
                let gate = Gate()
                mount.store.script(.children, .hold(gate))
                let lister = Behind { (try? mount.list()) ?? [] }
                #expect(gate.waitForArrivals(1))
                mount.time.advance(by: .seconds(4))
                gate.open()
                #expect(lister.value() == ["f"])

                tree.add("g")
                mount.time.advance(by: .seconds(39))
                #expect(try mount.list() == ["f"])
                #expect(try mount.lookup("g") == nil)
                try mount.remount()
                #expect(try mount.list() == ["f"])
                usleep(20_000)
                #expect(mount.store.calls(.children) == 1)
                try mount.set("user.datasetfs.refresh", of: "")
                #expect(try mount.list() == ["f", "g"])

                tree.add("h")
                mount.time.advance(by: .seconds(5))
                _ = try mount.list()
                #expect(eventually { (try? mount.list()) == ["f", "g", "h"] }, "This time it took no time.")
            }
        }

        // readdir(3) takes ENOENT for the end of the names.
        @Test("A directory that is gone when it is read does not look empty")
        func gone() async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            try await withMount(tree) { (mount) throws in
                let handle = try mount.vfs.openDirectory(try mount.inode("d"), mount.context())
                tree.remove(directory)
                #expect(errno { () throws(VFSError) in try mount.items(handle: handle, from: 0) } == ESTALE)
                #expect(errno { () throws(VFSError) in try mount.items(handle: handle, from: 0) } == ESTALE)
                mount.vfs.releaseDirectory(handle)
                #expect(try mount.lookup("d") == nil)
            }
        }

        // What decides what the root lists is part of what its listing is remembered for.
        @Test("Other choices of what the root lists show in the first ls")
        func choices() async throws {
            let tree = TreeStore()
            let shared = tree.directory("shared")
            try await withMount(tree) { (mount) throws in
                try mount.vfs.catalog.facts.adopt(rootChoices: "all")
                #expect(try mount.list() == ["shared"])

                try mount.remount()
                try mount.vfs.catalog.facts.adopt(rootChoices: "all")
                #expect(try mount.list() == ["shared"])
                #expect(mount.calls == 1, "The same choices are the same listing.")

                tree.remove(shared)
                tree.directory("own")
                try mount.remount()
                try mount.vfs.catalog.facts.adopt(rootChoices: "own")
                #expect(mount.vfs.knowsRoot)
                #expect(try mount.list() == ["own"])

                try mount.remount()
                try mount.vfs.catalog.facts.adopt(rootChoices: "all")
                mount.store.script(.children, .fail(StoreError(.unreachable, "no route")), times: nil)
                #expect(try mount.list() == ["own"], "What is known is shown when nothing newer can be learnt.")
            }
        }

        @Test("The end of a mount waits for nothing that goes on behind its readers")
        func ending() async throws {
            let tree = TreeStore()
            tree.add("f", .pattern(seed: 1, size: 20_000_000))
            try await withMount(tree) { (mount) throws in
                let (gate, time) = (Gate(), SystemTime())
                #expect(try mount.list() == ["f"])
                let handle = try mount.open("f")
                _ = try mount.read(handle, at: 0, 100)
                _ = try mount.read(handle, at: 100, 100)
                mount.store.script(.read, .hold(gate), times: nil)
                mount.store.script(.children, .hold(gate), times: nil)
                _ = try mount.read(handle, at: 200, 100)
                #expect(gate.waitForArrivals(1), "More is fetched ahead.")
                mount.time.advance(by: .seconds(60))
                #expect(try mount.list() == ["f"])
                #expect(eventually { mount.store.calls(.children) == 2 }, "The listing is renewed.")

                let began = time.now()
                mount.shutDown()
                #expect(time.now() - began < .seconds(1))
            }
        }
    }
}
