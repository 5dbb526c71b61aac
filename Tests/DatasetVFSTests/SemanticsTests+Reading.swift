import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Reading")
    struct Reading {
        // `open` revalidates when what is known of the entry is older than `--attr-ttl`
        @Test("Open revalidates what is older than the lifetime, and only that", arguments: [false, true])
        func revalidates(tellsContent: Bool) async throws {
            let tree = TreeStore(TreeStore.Options(tellsContent: tellsContent))
            tree.add("f", .text("one"))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.text("f") == "one")
                let calls = mount.calls
                for _ in 0..<5 { #expect(try mount.text("f") == "one") }
                #expect(mount.calls == calls)

                mount.time.advance(by: .seconds(6))
                #expect(try mount.text("f") == "one")

                // By asking for the one thing, or by listing it anew.
                #expect(mount.calls > calls)
                #expect(mount.store.calls(.read) == 1, "The same version is not transferred again.")
            }
        }

        // 0 = always
        @Test("With no lifetime everything is asked for each time")
        func always() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("one"))
            try await withMount(tree, { $0.lifetime = .zero }) { (mount) throws in
                #expect(try mount.text("f") == "one")
                tree.write(id, .text("three"))
                #expect(try mount.entry("f").status.size == 5)
                #expect(try mount.text("f") == "three")
                tree.add("g")
                #expect(try mount.list() == ["f", "g"])
                tree.remove(id)
                #expect(try mount.lookup("f") == nil)
                #expect(try mount.list() == ["g"])
                // What is known is shown when nothing newer can be learnt.
                for call in FaultyStore.Call.allCases {
                    mount.store.script(call, .fail(StoreError(.unreachable, "away")), times: nil)
                }
                #expect(try mount.list() == ["g"])
                #expect(try mount.entry("g").status.size == 0)
            }
        }

        @Test("A file that changed while nobody read it keeps its number, and its pages go")
        func changedUnread() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("one"))
            try await withMount(tree) { (mount) throws in
                let inode = try mount.inode("f")
                let first = try mount.vfs.open(inode, flags: O_RDONLY, mount.context())
                #expect(!first.keepsCache)
                mount.vfs.release(first.handle)
                let again = try mount.vfs.open(inode, flags: O_RDONLY, mount.context())
                #expect(again.keepsCache)
                mount.vfs.release(again.handle)
                tree.write(id, .text("other"))
                mount.time.advance(by: .seconds(6))

                let new = try mount.vfs.open(inode, flags: O_RDONLY, mount.context())

                #expect(!new.keepsCache)
                #expect(mount.kernel.notices.contains(.attributes(inode.rawValue)))
                #expect(try mount.read(new.handle) == Array("other".utf8))
                mount.vfs.release(new.handle)
                #expect(try mount.inode("f") == inode)
            }
        }

        // The version found then is pinned to the handle.
        @Test("A file that changed while it is read goes on under a new number: who opens the old one looks anew")
        func changedOpen() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("one"))
            try await withMount(tree) { (mount) throws in
                let inode = try mount.inode("f")
                let handle = try mount.open("f")
                tree.write(id, .text("other"))
                mount.time.advance(by: .seconds(6))

                #expect(
                    errno { () throws(VFSError) in try mount.vfs.open(inode, flags: O_RDONLY, mount.context()) }
                        == ESTALE
                )

                #expect(mount.kernel.waits(for: .name("f", parent: 1)))
                let new = try mount.inode("f")
                #expect(new != inode)
                #expect(try mount.text("f") == "other")
                #expect(try mount.list() == ["f"])
                let calls = mount.store.calls(.node)
                #expect(
                    errno { () throws(VFSError) in try mount.vfs.open(inode, flags: O_RDONLY, mount.context()) }
                        == ESTALE
                )
                #expect(mount.store.calls(.node) == calls, "Whose number it is, is known.")
                #expect(try mount.read(handle) == Array("one".utf8))
                mount.vfs.release(handle)
                // With its last reader and the kernel's lookups the old number is gone.
                mount.vfs.forget(inode, count: 100)
                #expect(
                    errno { () throws(VFSError) in try mount.vfs.status(of: inode, handle: nil, mount.context()) }
                        == ESTALE
                )
            }
        }

        @Test("A listing that finds the change leaves the old number to its readers as well")
        func changedListed() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("one"))
            try await withMount(tree) { (mount) throws in
                let inode = try mount.inode("f")
                let handle = try mount.open("f")
                tree.write(id, .text("other"))

                try mount.set("user.datasetfs.refresh", of: "")

                #expect(try mount.inode("f") != inode)
                #expect(try mount.text("f") == "other")
                #expect(try mount.read(handle) == Array("one".utf8))
                #expect(try mount.vfs.status(of: inode, handle: handle, mount.context()).status.size == 3)
                mount.vfs.release(handle)
            }
        }

        @Test("A change of what is said about a file moves no number and puts no reader out")
        func described() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("one"))
            try await withMount(tree) { (mount) throws in
                let inode = try mount.inode("f")
                let handle = try mount.open("f")
                tree.describe(id) { $0.description = "new" }
                tree.rename(id, to: "g")

                try mount.set("user.datasetfs.refresh", of: "")

                #expect(try mount.inode("g") == inode)
                #expect(try mount.lookup("f") == nil)
                #expect(try mount.attribute("user.description", of: "g") == "new")
                #expect(mount.kernel.waits(for: .name("g", parent: 1)))
                #expect(mount.kernel.notices.contains(.name("f", parent: 1)))
                mount.vfs.release(handle)
            }
        }

        // If the store has thrown that version away mid-read: ESTALE.
        @Test("If the store has thrown that version away mid-read: ESTALE, and the next open gets the new one")
        func thrownAway() async throws {
            let tree = TreeStore(TreeStore.Options(keepsOldVersions: false))
            let id = tree.add("f", .pattern(seed: 1, size: 200_000))
            try await withMount(tree) { (mount) throws in
                let handle = try mount.open("f")
                #expect(try mount.read(handle, at: 0, 10).count == 10)
                tree.write(id, .text("new"))

                #expect(errno { () throws(VFSError) in try mount.read(handle, at: 150_000, 10) } == ESTALE)

                #expect(try mount.read(handle, at: 20, 10).count == 10, "What is cached of it still reads.")
                #expect(try mount.text("f") == "new")
                mount.vfs.release(handle)
            }
        }

        @Test("A file deleted at the store reads on for who has it open, also when its directory went with it")
        func deletedOpen() async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            tree.add("f", .text("hello"), in: directory)
            try await withMount(tree) { (mount) throws in
                #expect(try mount.text("d/f") == "hello")
                let inode = try mount.inode("d/f")
                let handle = try mount.open("d/f")
                tree.remove(directory)

                try mount.set("user.datasetfs.refresh", of: "")

                #expect(try mount.lookup("d") == nil)
                #expect(try mount.read(handle) == Array("hello".utf8))
                #expect(try mount.vfs.status(of: inode, handle: handle, mount.context()).status.size == 5)
                mount.vfs.release(handle)
            }
        }
    }
}
