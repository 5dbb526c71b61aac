import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Transfers")
    struct Transfers {
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
