import DatasetModel
import DatasetTestSupport
import Glibc
import Synchronization
import Testing

@testable import DatasetVFS

@Suite("The control directory")
struct ControlTreeTests {
    @Test("It stands in every directory and in no listing")
    func everywhere() async throws {
        let tree = TreeStore()
        let directory = tree.directory("d")
        tree.add("f", .text("x"), in: directory)
        try await withMount(tree) { (mount) throws in
            for path in ["", "d/"] {
                #expect(!(try mount.list(path)).contains(".datasetfs"))
                let names = try mount.list(path + ".datasetfs")
                #expect(names.contains("manifest.json") && names.contains("raw"))
                #expect(names.contains("status") == path.isEmpty)
                #expect(errno { () throws(VFSError) in _ = try mount.entry(path + ".datasetfs/nothing") } == ENOENT)
            }
            #expect(errno { () throws(VFSError) in _ = try mount.open(".datasetfs/raw") } == EISDIR)
            #expect(errno { () throws(VFSError) in _ = try mount.lookup("d/f/.datasetfs") } == ENOTDIR)
        }
    }

    @Test("An open directory shows the names of one moment, from any offset")
    func offsets() async throws {
        try await withMount(TreeStore()) { (mount) throws in
            let handle = try mount.vfs.openDirectory(try mount.inode(".datasetfs"), mount.context())
            let all = try mount.items(handle: handle, from: 0)
            #expect(all.prefix(2).map(\.name) == [".", ".."])
            for index in all.indices {
                let rest = try mount.items(handle: handle, from: all[index].offset)
                #expect(rest.map(\.name) == all[(index + 1)...].map(\.name))
            }
            mount.vfs.releaseDirectory(handle)
        }
    }

    @Test("A number holds as long as the kernel knows it")
    func numbers() async throws {
        try await withMount(TreeStore()) { (mount) throws in
            let first = try mount.inode(".datasetfs/status")
            let again = try mount.inode(".datasetfs/status")
            #expect(first == again)
            mount.vfs.forget(first, count: 1)
            #expect(try mount.vfs.status(of: first, handle: nil, mount.context()).status.size > 0)
            mount.vfs.forget(first, count: 1)
            #expect(
                errno { () throws(VFSError) in _ = try mount.vfs.status(of: first, handle: nil, mount.context()) }
                    == ESTALE
            )
        }
    }

    @Test("A manifest that is written describes what there is and what comes", arguments: Durability.allCases)
    func manifest(durability: Durability) async throws {
        let tree = TreeStore()
        let directory = tree.directory("d")
        let file = tree.add("f", .text("x"), in: directory)
        try await withMount(durability, tree) { (mount) throws in
            try Self.write(
                #"{"f": "a file", "g": {"description": "to come"}}"#,
                to: "d/.datasetfs/manifest.json",
                of: mount
            )
            #expect(tree.state.withLock { $0.things[file]?.attributes.description } == "a file")
            let made = try mount.vfs.create(
                "g",
                in: try mount.inode("d"),
                permissions: 0o644,
                flags: O_WRONLY,
                mount.context()
            )
            try mount.vfs.flush(made.file.handle, mount.context())
            mount.vfs.release(made.file.handle)
            #expect(try mount.attribute("user.description", of: "d/g") == "to come")
            #expect(try mount.text("d/.datasetfs/manifest.json").contains("to come"))
            #expect(try mount.text(".datasetfs/manifest.yaml").contains("a file"))
            try mount.remount()
            #expect(mount.vfs.rememberedDescription(of: "g", in: try mount.inode("d").rawValue) == "to come")
        }
    }

    @Test(
        "A manifest that cannot be is refused whole",
        arguments: [
            "{", "[]", #"{"f": ["x"]}"#, #"{"f": "new", "h": 3}"#,
            #"{"f": {"description": "new", "entries": {"x": "y"}}}"#,
        ]
    )
    func refused(text: String) async throws {
        let tree = TreeStore()
        let file = tree.add("f", .text("x"))
        try await withMount(.through, tree) { (mount) throws in
            #expect(
                errno { () throws(VFSError) in try Self.write(text, to: ".datasetfs/manifest.json", of: mount) }
                    == EINVAL
            )
            #expect(tree.state.withLock { $0.things[file]?.attributes.description } == nil)
            #expect(mount.vfs.errors.last(at: "/.datasetfs/manifest.json")?.cause.code == .invalid)
        }
    }

    @Test("Views are of the same bytes each time and can be read only")
    func views() async throws {
        let tree = TreeStore()
        tree.add("f", .text("x")) { $0.digests.sha256 = String(repeating: "a", count: 64) }
        try await withMount(.through, tree) { (mount) throws in
            _ = try mount.list()
            for name in ["ro-crate-metadata.json", "croissant.json", "datapackage.json", "SHA256SUMS"] {
                let first = try mount.contents(".datasetfs/\(name)")
                mount.vfs.views.forget()
                #expect(try mount.contents(".datasetfs/\(name)") == first && !first.isEmpty)
                let size = try mount.entry(".datasetfs/\(name)").status.size
                #expect(size == UInt64(first.count))
                #expect(
                    errno { () throws(VFSError) in
                        _ = try mount.vfs.open(try mount.inode(".datasetfs/\(name)"), flags: O_WRONLY, mount.context())
                    } == EACCES
                )
            }
            #expect(try mount.text(".datasetfs/SHA256SUMS") == String(repeating: "a", count: 64) + "  f\n")
        }
    }

    private static func write(_ text: String, to path: String, of mount: Mounted) throws(VFSError) {
        let opened = try mount.vfs.open(try mount.inode(path), flags: O_WRONLY | O_TRUNC, mount.context())
        defer { mount.vfs.release(opened.handle) }
        // In two parts, as programs do.
        let parts = [Array(text.utf8.prefix(3)), Array(text.utf8.dropFirst(3))]
        for (part, offset) in zip(parts, [0, 3]) where !part.isEmpty {
            try mount.write(opened.handle, part, at: UInt64(offset))
        }
        try mount.vfs.flush(opened.handle, mount.context())
    }
}

@Suite("What is written to a control file")
struct ControlDraftTests {
    @Test("It is taken once, whole, and given back when it is refused")
    func taking() {
        let draft = ControlDraft(Array("abcdef".utf8), isEmptied: false)
        #expect(draft.take() == nil)
        let isWritten = unsafe Array("XY".utf8).withUnsafeBytes { unsafe draft.write($0, at: 8) }
        #expect(isWritten && draft.size == 10)
        #expect(draft.truncate(to: 9))
        #expect(draft.take() == Array("abcdef\0\0X".utf8))
        #expect(draft.take() == nil)
        draft.giveBack()
        #expect(draft.take()?.count == 9)
        #expect(!draft.truncate(to: 1 << 40))
        #expect(ControlDraft([], isEmptied: true).take() == [])
    }
}
