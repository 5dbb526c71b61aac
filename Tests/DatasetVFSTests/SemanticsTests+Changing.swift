import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    // Random writes, append, truncate and `O_TRUNC` work on any writable file; the base is fetched lazily, only the
    // blocks that are read or partly overwritten.
    @Suite("Changing what exists")
    struct Changing {
        @Test("O_TRUNC fetches nothing")
        func truncating() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .pattern(seed: 1, size: 5_000_000))
            try await withMount(.through, tree) { (mount) throws in
                try mount.put("f", "new")
                #expect(mount.store.bytesRead == 0)
                #expect(try mount.atStore()["f"] == "new")
                #expect(tree.versions(of: id) == 2)
                #expect(mount.store.calls(.replace) == 1)
            }
        }

        @Test("A write over a whole file, and one behind its end, fetch no more than the publication needs")
        func large() async throws {
            let content = ReferenceContent.pattern(seed: 1, size: 20_000_000)
            let tree = TreeStore()
            tree.add("f", content)
            try await withMount(.back, tree) { (mount) throws in
                let gate = Gate()
                defer { gate.open() }
                mount.store.script(.replace, .hold(gate))
                mount.store.script(.read, .hold(gate), times: nil)
                let handle = try mount.open("f", O_RDWR)
                try mount.write(handle, "patch", at: 10_000_000)
                #expect(mount.store.calls(.read) == 0, "Nothing is fetched to be overwritten.")
                #expect(try mount.read(handle, at: 10_000_000, 5) == Array("patch".utf8))
                #expect(mount.store.calls(.read) == 0)
                try mount.close(handle)
                mount.store.heal()
                gate.open()
                try mount.drain()
                #expect(mount.store.bytesRead <= 20_000_000 + 2 * 65_536)
                let expected = content.writing(Array("patch".utf8), at: 10_000_000)
                #expect(expected.firstMismatch(try mount.contents("f")) == nil)
                guard let thing = try mount.atStore().things["f"]?.first, case .file(let bytes) = thing else { return }
                #expect(expected.firstMismatch(bytes) == nil)
            }
        }

        @Test("Append goes to the end, wherever that is by then")
        func appending() async throws {
            let store = Gufe.MemoryStore()
            try store.put("0", at: "log")
            try await withMount(.through, store) { (mount) throws in
                let (one, two) = (try mount.open("log", O_WRONLY), try mount.open("log", O_WRONLY))
                for index in 1..<5 { try mount.append(index % 2 == 0 ? one : two, "\(index)") }
                try mount.close(one)
                try mount.close(two)
                #expect(try mount.atStore()["log"] == "01234")
            }
        }

        @Test("truncate(2) of a path and ftruncate(2) cut and lengthen; the former is published at once")
        func truncate() async throws {
            let store = Gufe.MemoryStore()
            try store.put("0123456789", at: "f")
            try await withMount(.through, store) { (mount) throws in
                #expect(try mount.change("f") { $0.size = 4 }.status.size == 4)
                #expect(try mount.atStore()["f"] == "0123")
                #expect(try mount.change("f") { $0.size = 6 }.status.size == 6)
                #expect(try mount.atStore()["f"] == "0123\0\0")
                let handle = try mount.open("f", O_RDWR)
                try mount.change("f", handle: handle) { $0.size = 2 }
                #expect(try mount.text("f") == "01")
                #expect(try mount.atStore()["f"] == "0123\0\0")
                try mount.close(handle)
                #expect(try mount.atStore()["f"] == "01")
                try mount.change("f") { $0.size = 0 }
                #expect(try mount.atStore()["f"] == "")
            }
        }

        @Test("A reader from before the change sees the new bytes, as on a local disk, and O_TRUNC leaves no old tail")
        func reader() async throws {
            let store = Gufe.MemoryStore()
            try store.put("a long content", at: "f")
            try await withMount(.through, store) { (mount) throws in
                let reader = try mount.open("f", O_RDONLY)
                try mount.put("f", "short")
                #expect(try mount.read(reader) == Array("short".utf8))
                #expect(
                    try mount.vfs.status(of: try mount.inode("f"), handle: reader, mount.context()).status.size == 5
                )
                mount.vfs.release(reader)
                #expect(try mount.text("f") == "short")
            }
        }

        @Test("fallocate, lseek and copy_file_range on a file of the mount")
        func ranges() async throws {
            let store = Gufe.MemoryStore()
            try await withMount(.through, store) { (mount) throws in
                try mount.put("source", "0123456789")
                let handle = try mount.open("f", O_RDWR | O_CREAT)
                let context = mount.context()
                try mount.vfs.allocate(handle, ByteRange(offset: 0, count: 6), .grows, context)
                let source = try mount.open("source", O_RDONLY)
                #expect(try mount.vfs.copy(from: source, at: 2, to: handle, at: 4, count: 100, context) == 8)
                mount.vfs.release(source)
                try mount.vfs.allocate(handle, ByteRange(offset: 5, count: 2), .punchesHole, context)
                #expect(try mount.vfs.seek(handle, to: .data, from: 0, context) <= 12)
                #expect(
                    errno { () throws(VFSError) in try mount.vfs.seek(handle, to: .data, from: 12, context) } == ENXIO
                )
                try mount.close(handle)
                #expect(try mount.atStore()["f"] == "\0\0\0\0" + "2\0\0" + "56789")
            }
        }

        // local disk full, or the reserve would be touched: ENOSPC (at `write`, not later)
        @Test("A disk without room says so at write; what was published before stays")
        func full() async throws {
            let store = Gufe.MemoryStore()
            try store.put("old", at: "f")
            let writing = Mounted.Writing(durability: .through, reserve: .max / 2)
            try await withMount(store, writing: writing) { (mount) throws in
                let handle = try mount.open("f", O_WRONLY)
                #expect(errno { () throws(VFSError) in try mount.write(handle, "new") } == ENOSPC)
                try mount.close(handle)
                #expect(try mount.text("f") == "old")
                #expect(try mount.atStore()["f"] == "old")
            }
        }

        // `open` with every flag: what is not opened for writing is not written
        @Test("A handle that was opened for reading writes nothing")
        func readOnlyHandle() async throws {
            let store = Gufe.MemoryStore()
            try store.put("old", at: "f")
            try await withMount(.through, store) { (mount) throws in
                let handle = try mount.open("f", O_RDONLY)
                #expect(errno { () throws(VFSError) in try mount.write(handle, "new") } == EBADF)
                mount.vfs.release(handle)
                #expect(try mount.text("f") == "old")
            }
        }

        // Files that change type as they grow keep name and id; here: bytes go through unchanged, whatever they are.
        @Test("CRLF, BOM and bytes that are no text go through as they are")
        func bytes() async throws {
            let store = Gufe.MemoryStore()
            let odd: [UInt8] = [0xEF, 0xBB, 0xBF, 0x61, 0x0D, 0x0A, 0x00, 0xFF, 0xFE, 0x0D]
            try await withMount(.through, store) { (mount) throws in
                try mount.put("f.txt", odd)
                #expect(try mount.atStore().things["f.txt"] == [.file(odd)])
                #expect(try mount.contents("f.txt") == odd)
            }
        }
    }
}
