import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("The tree")
    struct Tree {
        // a link entry: a symbolic link whose target is the URL
        @Test("Directories, files and links show as what they are")
        func kinds() async throws {
            let tree = TreeStore()
            let directory = tree.directory("dataset")
            tree.add("file.txt", .text("abc"), in: directory)
            tree.add("link", in: directory, kind: .link(target: "https://example.org/x"))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.items("dataset").map(\.kind) == [.regular, .symbolicLink])
                let link = try mount.entry("dataset/link").status
                #expect(try mount.vfs.linkTarget(of: link.inode, mount.context()) == "https://example.org/x")
                #expect(link.size == 21 && link.permissions == 0o777)
                let file = try mount.entry("dataset/file.txt").status
                #expect(file.size == 3 && file.permissions == 0o444 && file.links == 1 && file.blocks == 1)
                #expect(try mount.entry("dataset").status.permissions == 0o555)
                #expect(
                    errno { () throws(VFSError) in try mount.vfs.linkTarget(of: file.inode, mount.context()) } == EINVAL
                )
                #expect(errno { () throws(VFSError) in try mount.open("dataset") } == EISDIR)
                #expect(
                    errno { () throws(VFSError) in try mount.vfs.openDirectory(file.inode, mount.context()) } == ENOTDIR
                )
            }
        }

        // Two siblings with one name: the older keeps it, the next becomes `name (2).ext`, decided by creation time
        // then id, stable across mounts.
        @Test("Two siblings with one name")
        func siblings() async throws {
            let tree = TreeStore()
            tree.add("data.csv", .text("younger"), created: 20)
            tree.add("data.csv", .text("older"), created: 10)
            tree.directory("data")
            try await withMount(tree) { (mount) throws in
                #expect(try mount.text("data.csv") == "older")
                #expect(try mount.text("data (2).csv") == "younger")
                try mount.remount()
                #expect(try mount.text("data.csv") == "older")
            }
        }

        // `/`, NUL, `.` and `..` are escaped with their full-width or percent form, reversibly.
        @Test("Names that no directory can hold are escaped")
        func escaped() async throws {
            let tree = TreeStore()
            for name in ["a/b", "..", ".", "", ".datasetfs", "n\0l"] { tree.add(name, .text(name)) }
            try await withMount(tree) { (mount) throws in
                #expect(try mount.list() == ["a／b", "．.", "．", "%FF", "．datasetfs", "n%00l"])
                #expect(try mount.text("a／b") == "a/b")
                #expect(try mount.text("n%00l") == "n\0l")
            }
        }

        // The id is always in `user.datasetfs.id`.
        @Test("The id is always in an attribute")
        func ids() async throws {
            let tree = TreeStore()
            let id = tree.add("f")
            try await withMount(tree) { (mount) throws in
                #expect(try mount.attribute("user.datasetfs.id", of: "f") == id)
            }
        }

        // Sizes are right in `ls -l` without downloading content. Where a listing gives none, sizes are asked for in
        // parallel and remembered for ever per version.
        @Test("Sizes are right in ls -l without downloading content")
        func sizes() async throws {
            let tree = TreeStore(TreeStore.Options(tellsContent: false))
            for index in 0..<200 { tree.add("f\(index)", .pattern(seed: 1, size: UInt64(index))) }
            try await withMount(tree) { (mount) throws in
                let names = try mount.list()
                #expect(mount.store.calls(.node) == 0, "A plain listing asks for no size.")

                let gate = Gate()
                mount.store.script(.node, .hold(gate), times: nil)
                let opener = OwnedThread(name: "opener") {
                    #expect(gate.waitForArrivals(10), "Sizes are asked for in parallel.")
                    gate.open()
                }
                for name in names { #expect(try mount.entry(name).status.size == UInt64(name.dropFirst())) }
                opener?.join()

                #expect(mount.store.calls(.node) == 200, "Each is asked for once.")
                #expect(mount.store.calls(.read) == 0)
                try mount.remount()
                for name in try mount.list() { #expect(try mount.entry(name).status.size == UInt64(name.dropFirst())) }
                #expect(mount.store.calls(.node) == 200)
                #expect(mount.store.calls(.children) == 1)
            }
        }

        @Test(
            "Names go out bare before their sizes are known, complete afterwards; each complete one counts one lookup"
        )
        func bare() async throws {
            let tree = TreeStore(TreeStore.Options(tellsContent: false))
            tree.add("a", .text("123"))
            tree.directory("d")
            try await withMount(tree) { (mount) throws in
                func plus(limit: Int = .max) throws -> [String: UInt64?] {
                    let handle = try mount.vfs.openDirectory(.root, mount.context())
                    defer { mount.vfs.releaseDirectory(handle) }
                    var sizes: [String: UInt64?] = [:]
                    try mount.vfs.readDirectoryPlus(handle, from: 0, mount.context()) { item, entry in
                        guard sizes.count < limit else { return false }
                        sizes[item.name] = .some(entry?.status.size)
                        return true
                    }
                    return sizes
                }
                #expect(try plus() == [".": nil, "..": nil, "a": nil, "d": 4096])
                let inode = try mount.inode("a")
                mount.vfs.forget(inode, count: 1)
                #expect(try plus() == [".": nil, "..": nil, "a": 3, "d": 4096])
                #expect(mount.vfs.inodes.isKnown(inode.rawValue))
                mount.vfs.forget(inode, count: 1)
                #expect(!mount.vfs.inodes.isKnown(inode.rawValue))
                // What did not fit was not counted.
                _ = try plus(limit: 2)
                #expect(!mount.vfs.inodes.isKnown(inode.rawValue))
            }
        }

        // mtime = modified_at, ctime = the later of that and the last metadata change
        @Test("Times are the store's")
        func times() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("x"))
            try await withMount(tree, { $0.lifetime = .zero }) { (mount) throws in
                let before = try mount.entry("f").status
                #expect(before.modified.seconds == 1_700_000_001 && before.changed == before.modified)
                #expect(try mount.entry("f").status == before)

                tree.describe(id) { $0.description = "now it has one" }

                let after = try mount.entry("f").status
                #expect(after.modified == before.modified)
                #expect(after.changed.nanoseconds == mount.time.wallNanoseconds())
            }
        }

        // Inode numbers are stable across remounts of the same store and cache.
        @Test("Inode numbers are stable across remounts")
        func remounts() async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            for index in 0..<20 { tree.add("f\(index)", in: directory) }
            try await withMount(tree) { (mount) throws in
                let before = try mount.items("d")
                let calls = mount.calls
                try mount.remount()
                #expect(try mount.items("d") == before)
                #expect(mount.calls == calls, "A second mount lists without asking the store.")
            }
        }

        // Directory listing offsets are stable while a directory is open, whatever changes meanwhile.
        @Test("Directory listing offsets are stable while a directory is open")
        func offsets() async throws {
            try await withSeed { generator in
                let tree = TreeStore()
                let ids = (0..<1200).map { tree.add("f\($0)") }
                let changes = ids.shuffled(using: &generator)
                try await withMount(tree) { (mount) throws in
                    let handle = try mount.vfs.openDirectory(.root, mount.context())
                    var seen: [String] = []
                    var offset: UInt64 = 0
                    for round in 0... {
                        let items = try mount.items(handle: handle, from: offset, limit: 100)
                        guard let last = items.last else { break }
                        seen += items.map(\.name)
                        offset = last.offset
                        guard round < 10 else { continue }
                        for id in changes[round * 20..<round * 20 + 20] { tree.remove(id) }
                        for index in 0..<5 { tree.add("new\(round).\(index)") }
                        try mount.set("user.datasetfs.refresh", of: "")
                    }
                    let gone = Set(changes.prefix(10 * 20).compactMap { ids.firstIndex(of: $0).map { "f\($0)" } })
                    #expect(Set(seen).count == seen.count, "Nothing stands twice.")
                    for index in 0..<1200 where !gone.contains("f\(index)") {
                        #expect(seen.contains("f\(index)"), "f\(index) was there all the time.")
                    }
                    #expect(seen.prefix(2) == [".", ".."])
                    // From the start again, as rewinddir does.
                    #expect(try mount.items(handle: handle, from: 0).count == (try mount.list().count) + 2)
                    mount.vfs.releaseDirectory(handle)
                }
            }
        }

        // control directory: in no listing, reachable by name
        @Test("The control directory is in no listing and reachable by its name")
        func control() async throws {
            try await withMount(TreeStore(), { $0.configuration = ["store": "tree:", "token": "***"] }) {
                (mount) throws in
                #expect(try mount.list().isEmpty)
                let shown = try Set(mount.list(".datasetfs"))
                #expect(shown.isSuperset(of: ["status", "errors", "config", "queue", "metrics"]))
                let status = try mount.text(".datasetfs/status")
                #expect(status.contains("\"health\" : \"online\"") && status.contains("\"openFiles\" : 0"))
                #expect(try mount.text(".datasetfs/config").contains("\"token\" : \"***\""))
                #expect(try mount.text(".datasetfs/errors") == "")
                #expect(try mount.entry(".datasetfs/status").status.permissions == 0o444)
                #expect(errno { () throws(VFSError) in try mount.lookup(".datasetfs/none") } == ENOENT)
                #expect(errno { () throws(VFSError) in try mount.open(".datasetfs") } == EISDIR)
                #expect(mount.calls == 1, "Only the listing asked the store.")
            }
        }

        @Test("A name longer than any directory entry is refused")
        func tooLong() async throws {
            try await withMount(TreeStore()) { (mount) throws in
                let name = String(repeating: "x", count: 256)
                #expect(errno { () throws(VFSError) in try mount.lookup(name) } == ENAMETOOLONG)
            }
        }
    }
}
