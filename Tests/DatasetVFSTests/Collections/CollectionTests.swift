import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Synchronization
import Testing

@testable import DatasetVFS

@Suite("Collections as directories")
struct CollectionTests {
    private func collection(_ tree: TreeStore, _ name: String, _ zip: StoredZip) -> String {
        tree.add("\(name).zip", .bytes(zip.bytes)) { $0.isCollection = true }
    }

    @Test("A collection lists and reads like the directory that it stands for")
    func reading() async throws {
        let tree = TreeStore()
        let large = ReferenceContent.pattern(seed: 7, size: 3_000_000)
        _ = collection(tree, "c", StoredZip([("a", Array("alpha".utf8)), ("d/b", large.allBytes), ("d/e/f", [])]))
        try await withMount(tree) { (mount) throws in
            #expect(try mount.list() == ["c"])
            #expect(try mount.list("c").sorted() == ["a", "d"])
            #expect(try mount.text("c/a") == "alpha")
            #expect(large.firstMismatch(try mount.contents("c/d/b")) == nil)
            #expect(try mount.contents("c/d/e/f") == [])
            #expect(try mount.entry("c/a").status.permissions & 0o222 == 0)
            #expect(try mount.lookup("c/d/nothing") == nil)
            #expect(try mount.attribute("user.datasetfs.storage_type", of: "c/a") == "zip")
            #expect(try mount.attribute("user.datasetfs.dir.files", of: "c") == "1")
            let numbers = try mount.items("c/d").map(\.inode)
            try mount.remount()
            #expect(try mount.items("c/d").map(\.inode) == numbers)
        }
    }

    // A version change of the collection: old bytes or ESTALE, never a mix.
    @Test("Who reads a member stays with the archive it began to read", arguments: [true, false])
    func versions(keepsOld: Bool) async throws {
        let tree = TreeStore(TreeStore.Options(keepsOldVersions: keepsOld))
        let (old, new) = (
            ReferenceContent.pattern(seed: 1, size: 900_000), ReferenceContent.pattern(seed: 2, size: 900_000)
        )
        let id = collection(tree, "c", StoredZip([("x", old.allBytes), ("y", [1])]))
        try await withMount(tree, { $0.lifetime = .zero }) { (mount) throws in
            let handle = try mount.open("c/x")
            #expect(old.firstMismatch(try mount.read(handle, at: 0, 1000)) == nil)
            tree.write(id, .bytes(StoredZip([("x", new.allBytes), ("z", [2])]).bytes))
            #expect(try mount.list("c").sorted() == ["x", "z"])
            #expect(new.firstMismatch(try mount.contents("c/x")) == nil)
            do throws(VFSError) {
                #expect(old.firstMismatch(try mount.read(handle, at: 500_000, 1000), at: 500_000) == nil)
            } catch {
                #expect(!keepsOld && error.errno == ESTALE)
            }
            mount.vfs.release(handle)
        }
    }

    @Test("A damaged archive is an empty directory with a record; one that could not be read is none")
    func damaged() async throws {
        let tree = TreeStore()
        _ = tree.add("c.zip", .bytes([UInt8](repeating: 1, count: 100_000))) { $0.isCollection = true }
        try await withMount(tree) { (mount) throws in
            mount.store.script(.read, .fail(StoreError(.reset, "gone")))
            #expect(errno { () throws(VFSError) in _ = try mount.list("c") } == ECONNRESET)
            #expect(try mount.list("c") == [])
            #expect(mount.vfs.errors.last(at: "/c")?.cause.code == .corrupt)
            #expect(try mount.list(".datasetfs/raw") == ["c.zip"])
            #expect(try mount.contents(".datasetfs/raw/c.zip").count == 100_000)
        }
    }

    @Test("Nothing in a collection can be changed", arguments: Durability.allCases)
    func writing(durability: Durability) async throws {
        let tree = TreeStore()
        let id = collection(tree, "c", StoredZip(["d/a": "1"]))
        try await withMount(durability, tree) { (mount) throws in
            let (top, inner) = (try mount.inode("c"), try mount.inode("c/d"))
            let vfs = mount.vfs
            func refused(_ body: () throws(VFSError) -> Void) -> Bool {
                errno(body) == EROFS
            }
            #expect(
                refused { () throws(VFSError) in
                    _ = try vfs.create("n", in: top, permissions: 0o644, flags: O_WRONLY, mount.context())
                }
            )
            #expect(
                refused { () throws(VFSError) in
                    _ = try vfs.makeDirectory("n", in: inner, permissions: 0o755, mount.context())
                }
            )
            #expect(refused { () throws(VFSError) in try vfs.unlink("a", in: inner, mount.context()) })
            #expect(
                refused { () throws(VFSError) in
                    _ = try vfs.open(try mount.inode("c/d/a"), flags: O_RDWR, mount.context())
                }
            )
            #expect(refused { () throws(VFSError) in try vfs.removeDirectory("d", in: top, mount.context()) })
            #expect(
                errno { () throws(VFSError) in try vfs.removeDirectory("c", in: .root, mount.context()) } == ENOTEMPTY
            )
            #expect(try mount.text("c/d/a") == "1")
            #expect(tree.state.withLock { $0.things[id] != nil })
        }
    }

    @Test(
        "A link's target is read when it is asked for, and never leads out",
        arguments: [("in", "a"), ("out", "../x")]
    )
    func links(name: String, target: String) async throws {
        let tree = TreeStore()
        _ = collection(tree, "c", StoredZip(link: name, to: target))
        try await withMount(tree) { (mount) throws in
            let inode = try mount.inode("c/\(name)")
            #expect(try mount.entry("c/\(name)").status.size == UInt64(target.utf8.count))
            if name == "in" {
                #expect(try mount.vfs.linkTarget(of: inode, mount.context()) == target)
            } else {
                #expect(
                    errno { () throws(VFSError) in _ = try mount.vfs.linkTarget(of: inode, mount.context()) } == EACCES
                )
            }
        }
    }

    @Test("Thousands of members are known by one question")
    func questions() async throws {
        let tree = TreeStore()
        _ = collection(tree, "c", StoredZip((0..<2000).map { ("d\($0 % 5)/f\($0)", [UInt8($0 % 256)]) }))
        try await withMount(tree) { (mount) throws in
            _ = try mount.list()
            let before = mount.store.calls(.node)
            for index in stride(from: 0, to: 2000, by: 37) {
                #expect(try mount.contents("c/d\(index % 5)/f\(index)") == [UInt8(index % 256)])
            }
            #expect(mount.store.calls(.node) - before <= 2)
            // Neighbours share what was fetched.
            #expect(mount.store.calls(.read) <= 12)
        }
    }
}
