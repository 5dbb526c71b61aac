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

        @Test("A directory whose listing the store does not find is gone")
        func directoryGone() async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            tree.add("f", .text("hello"), in: directory)
            try await withMount(tree) { (mount) throws in
                #expect(try mount.list("d") == ["f"])
                tree.remove(directory)
                mount.time.advance(by: .seconds(6))
                let (top, inside) = (Gate(), Gate())
                defer { top.open() }
                mount.store.script(.children, .hold(top), at: .root)
                mount.store.script(.children, .hold(inside), at: Location(directory))

                #expect(
                    try mount.list("d") == ["f"],
                    "What is known is shown; the store is asked behind the reader's back."
                )
                inside.open()

                #expect(mount.kernel.waits(for: .name("d", parent: 1)))
                top.open()
                #expect(try mount.lookup("d") == nil)
            }
        }

        @Test(
            "A listing past its lifetime is renewed behind the reader's back, once, and the kernel hears what changed"
        )
        func renewed() async throws {
            let tree = TreeStore()
            let (old, kept) = (tree.add("old"), tree.add("kept", .text("1")))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.list() == ["old", "kept"])
                let inode = try mount.inode("kept")
                tree.remove(old)
                tree.add("new")
                tree.write(kept, .text("22"))
                mount.time.advance(by: .seconds(6))
                let gate = Gate()
                mount.store.script(.children, .hold(gate))

                for _ in 0..<5 { #expect(try mount.list() == ["old", "kept"]) }
                gate.open()

                #expect(mount.kernel.waits(for: .content(inode.rawValue)))
                #expect(
                    Set(mount.kernel.notices) == [
                        .name("new", parent: 1), .name("old", parent: 1), .content(inode.rawValue),
                    ]
                )
                #expect(try mount.list() == ["kept", "new"])
                #expect(mount.store.calls(.children) == 2)
            }
        }

        @Test("A program that only ever stats a name hears of changes too")
        func statted() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("1"))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.entry("f").status.size == 1)
                tree.write(id, .text("22"))
                mount.time.advance(by: .seconds(6))
                #expect(eventually { (try? mount.entry("f").status.size) == 2 })
                tree.remove(id)
                mount.time.advance(by: .seconds(6))
                #expect(eventually { (try? mount.lookup("f")) == .some(nil) })
            }
        }

        // never from inside a request and never under a lock: whoever is notified may ask at once.
        @Test("The kernel may ask at once about what it is told, on the thread that tells it")
        func reentrant() async throws {
            let tree = TreeStore()
            for index in 0..<20 { tree.add("f\(index)", .text("x")) }
            let asked = Gate()
            let holder = Holder()
            let kernel = RecordingKernel { _ in
                guard let mount = holder.mount else { return }
                _ = try? mount.list()
                _ = try? mount.lookup("f1")
                asked.pass(until: Cancellation(deadline: .after(.zero)))
            }
            try await withMount(tree, kernel: kernel) { (mount) throws in
                holder.mount = mount
                let handle = try mount.open("f0")
                for index in 0..<20 { tree.rename("id-\(index + 1)", to: "g\(index)") }
                try mount.set("user.datasetfs.refresh", of: "")
                #expect(asked.waitForArrivals(40))
                mount.vfs.release(handle)
                holder.mount = nil
            }
        }

        // Reading 4 KiB of a 100 GB file transfers about one cache block, not the file.
        @Test("Reading 4 KiB of a 100 GB file transfers about one cache block")
        func large() async throws {
            let content = ReferenceContent.pattern(seed: 9, size: 100_000_000_000)
            let tree = TreeStore()
            tree.add("f", content)
            try await withMount(tree) { (mount) throws in
                let handle = try mount.open("f")
                #expect(
                    content.firstMismatch(try mount.read(handle, at: 77_777_777_777, 4096), at: 77_777_777_777) == nil
                )
                #expect(mount.store.bytesRead <= 2 * 65_536)
                mount.vfs.release(handle)
            }
        }

        // Sequential reading is detected and prefetched with parallel ranges
        @Test("A file read from beginning to end comes whole, each block once, the most of it ahead of its reader")
        func sequential() async throws {
            let content = ReferenceContent.pattern(seed: 9, size: 20_000_001)
            let tree = TreeStore()
            tree.add("f", content)
            try await withMount(tree) { (mount) throws in
                #expect(content.firstMismatch(try mount.contents("f")) == nil)
                #expect(mount.store.bytesRead == 20_000_001)
                #expect(mount.store.calls(.read) < 20_000_001 / 65_536 / 2)
                #expect(try mount.attribute("user.datasetfs.state", of: "f") == "cached")
            }
        }

        // A text entry is served from its inline content.
        @Test("A text entry is served from its inline content")
        func inline() async throws {
            let tree = TreeStore(TreeStore.Options(tellsContent: false))
            tree.add("f.md", .text("# Title"), isInline: true)
            try await withMount(tree) { (mount) throws in
                #expect(try mount.text("f.md") == "# Title")
                #expect(mount.store.calls(.read) == 0)
                #expect(mount.store.calls(.node) == 1)
            }
        }

        @Test("An empty file, a read at the end and one beyond give nothing and ask for nothing")
        func ends() async throws {
            let tree = TreeStore()
            tree.add("empty")
            tree.add("f", .text("abc"))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.contents("empty").isEmpty)
                let handle = try mount.open("f")
                #expect(try mount.read(handle, at: 3).isEmpty)
                #expect(try mount.read(handle, at: .max).isEmpty)
                #expect(mount.store.calls(.read) == 0)
                #expect(try mount.read(handle, at: 1) == Array("bc".utf8))
                mount.vfs.release(handle)
                #expect(errno { () throws(VFSError) in try mount.read(handle) } == EBADF)
            }
        }

        @Test("Handles and lookups are given back in balance")
        func balance() async throws {
            let tree = TreeStore()
            tree.add("f", .text("abc"))
            try await withMount(tree) { (mount) throws in
                var handles: [UInt64] = []
                for _ in 0..<3 { handles.append(try mount.open("f")) }
                let inode = try mount.inode("f")
                #expect(mount.vfs.inodes.handles(of: inode.rawValue) == 3)
                for handle in handles { mount.vfs.release(handle) }
                mount.vfs.release(handles[0])
                #expect(mount.vfs.inodes.handles(of: inode.rawValue) == 0)
                #expect(mount.vfs.files.count == 0)
                mount.vfs.forget(inode, count: 4)
                #expect(mount.vfs.inodes.count == 0)
            }
        }

        // store or mount is read-only: EROFS
        @Test("What would change the store is refused at once", arguments: [O_WRONLY, O_RDWR, O_RDONLY | O_TRUNC])
        func readOnly(flags: Int32) async throws {
            let tree = TreeStore()
            tree.add("f", .text("abc"))
            try await withMount(tree) { (mount) throws in
                let inode = try mount.inode("f")
                let calls = mount.calls
                #expect(
                    errno { () throws(VFSError) in try mount.vfs.open(inode, flags: flags, mount.context()) } == EROFS
                )
                #expect(mount.calls == calls)
            }
        }
    }
}

/// Lets a kernel's callback find the mount that is made after it.
private final class Holder: Sendable {
    private let state = Monitor<Mounted?>(nil)

    var mount: Mounted? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
