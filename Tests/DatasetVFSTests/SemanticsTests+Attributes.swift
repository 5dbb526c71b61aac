import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetVFS

extension SemanticsTests {
    @Suite("Extended attributes")
    struct ExtendedAttributes {
        // `listxattr` lists only what can be set and makes sense to copy; everything else answers to its name.
        // `--list-all-xattrs` lists all.
        @Test("Only what makes sense to copy is listed; everything else answers to its name", arguments: [false, true])
        func listed(all: Bool) async throws {
            let tree = TreeStore()
            tree.add("f", .text("abc")) { attributes in
                attributes.description = "d"
                attributes.tags = ["x"]
                attributes.metadata = ["k": "1"]
            }
            try await withMount(tree, { $0.listsAllAttributes = all }) { (mount) throws in
                let names = try mount.vfs.attributeNames(of: try mount.inode("f"), mount.context())
                if all {
                    #expect(names.contains("user.datasetfs.version") && names.contains("user.datasetfs.meta.k"))
                } else {
                    #expect(names == ["user.description", "user.tags"])
                }
                #expect(try mount.attribute("user.datasetfs.version", of: "f") == "1")
                #expect(try mount.attribute("user.datasetfs.meta.k", of: "f") == "1")
                #expect(errno { () throws(VFSError) in try mount.attribute("user.nothing", of: "f") } == ENODATA)
            }
        }

        @Test("What a listing does not tell is asked for when its name is")
        func completed() async throws {
            let tree = TreeStore(TreeStore.Options(tellsContent: false))
            tree.add("f", .text("abc")) { $0.digests.md5 = "m" }
            try await withMount(tree) { (mount) throws in
                _ = try mount.list()
                #expect(try mount.attribute("user.datasetfs.version", of: "f") == "1")
            }
        }

        // `user.datasetfs.state`: `remote` `partial` `cached`
        @Test("The state says how much of the content is here")
        func state() async throws {
            let tree = TreeStore()
            tree.add("f", .pattern(seed: 1, size: 200_000))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.attribute("user.datasetfs.state", of: "f") == "remote")
                let handle = try mount.open("f")
                _ = try mount.read(handle, at: 0, 10)
                #expect(try mount.attribute("user.datasetfs.state", of: "f") == "partial")
                mount.vfs.release(handle)
                _ = try mount.contents("f")
                #expect(try mount.attribute("user.datasetfs.state", of: "f") == "cached")
                // `.evict`: write `1`: drop the content
                try mount.set("user.datasetfs.evict", of: "f")
                #expect(try mount.attribute("user.datasetfs.state", of: "f") == "remote")
                #expect(try mount.contents("f").count == 200_000)
            }
        }

        // `.refresh`: write `1`: refetch what is known
        @Test("Writing 1 to refresh asks the store again; another value is EINVAL; the rest is read-only")
        func refresh() async throws {
            let tree = TreeStore()
            let id = tree.add("f", .text("abc"))
            try await withMount(tree) { (mount) throws in
                #expect(try mount.entry("f").status.size == 3)
                tree.write(id, .text("abcd"))
                try mount.set("user.datasetfs.refresh", of: "f", to: "1\n")
                #expect(try mount.entry("f").status.size == 4)
                #expect(
                    errno { () throws(VFSError) in try mount.set("user.datasetfs.refresh", of: "f", to: "yes") }
                        == EINVAL
                )
                #expect(errno { () throws(VFSError) in try mount.set("user.description", of: "f", to: "x") } == EROFS)
                let inode = try mount.inode("f")
                #expect(
                    errno { () throws(VFSError) in
                        try mount.vfs.removeAttribute("user.tags", of: inode, mount.context())
                    } == EROFS
                )
            }
        }

        // `user.datasetfs.dir.files` `.bytes`: totals without walking
        @Test("Totals of a directory without walking")
        func totals() async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            tree.add("a", .text("123"), in: directory)
            tree.add("b", .text("4567"), in: directory)
            tree.directory("c", in: directory)
            try await withMount(tree) { (mount) throws in
                #expect(
                    errno { () throws(VFSError) in try mount.attribute("user.datasetfs.dir.files", of: "d") } == ENODATA
                )
                _ = try mount.list("d")
                #expect(try mount.attribute("user.datasetfs.dir.files", of: "d") == "2")
                #expect(try mount.attribute("user.datasetfs.dir.bytes", of: "d") == "7")
            }
        }

        @Test("The control directory has no attributes and takes none")
        func control() async throws {
            try await withMount(TreeStore()) { (mount) throws in
                #expect(errno { () throws(VFSError) in try mount.attribute("user.x", of: ".datasetfs") } == ENODATA)
                #expect(
                    errno { () throws(VFSError) in try mount.set("user.datasetfs.refresh", of: ".datasetfs") } == EROFS
                )
                let inode = try mount.inode(".datasetfs")
                #expect(try mount.vfs.attributeNames(of: inode, mount.context()).isEmpty)
            }
        }
    }

    @Suite("Errors and offline")
    struct Errors {
        // Offline: what is cached reads as always; what is not answers ENETUNREACH at once
        @Test("Offline, what is cached reads as always and what is not answers at once")
        func offline() async throws {
            let tree = TreeStore()
            let directory = tree.directory("d")
            tree.add("here", .text("hello"), in: directory)
            tree.add("there", .text("x"), in: directory)
            tree.directory("never listed")
            try await withMount(tree) { (mount) throws in
                #expect(try mount.text("d/here") == "hello")
                mount.time.advance(by: .seconds(60))
                try mount.set("user.datasetfs.refresh", of: "")
                for call in FaultyStore.Call.allCases {
                    mount.store.script(call, .fail(StoreError(.unreachable, "no route")), times: nil)
                }
                #expect(errno { () throws(VFSError) in try mount.list("never listed") } == EHOSTUNREACH)
                let calls = mount.calls

                #expect(try mount.text("d/here") == "hello")
                #expect(errno { () throws(VFSError) in try mount.contents("d/there") } == ENETUNREACH)
                #expect(errno { () throws(VFSError) in try mount.list("never listed") } == ENETUNREACH)
                #expect(try mount.list("d") == ["here", "there"])
                #expect(mount.calls == calls, "The store is not asked.")
                #expect(try mount.text(".datasetfs/status").contains("\"health\" : \"offline\""))

                mount.store.heal()
                mount.time.advance(by: .seconds(2))
                #expect(eventually { (try? mount.text("d/there")) == "x" })
                #expect(try mount.text(".datasetfs/status").contains("\"health\" : \"online\""))
            }
        }

        // length or digest mismatch after retries: EIO
        @Test("Bytes that disagree with what was declared are EIO and are never cached")
        func corrupt() async throws {
            let tree = TreeStore()
            tree.add("f", .pattern(seed: 1, size: 100_000))
            try await withMount(tree) { (mount) throws in
                let mismatch = StoreError(.corrupt, "MD5 differs")
                mount.store.script(.read, .truncate(after: 100_000, mismatch), times: nil)
                #expect(errno { () throws(VFSError) in try mount.contents("f") } == EIO)
                mount.store.heal()
                mount.time.advance(by: .seconds(6))
                #expect(try mount.contents("f").count == 100_000)
            }
        }

        @Test("A store whose listing never ends is found out")
        func endless() async throws {
            try await withMount(Endless()) { (mount) throws in
                #expect(errno { () throws(VFSError) in try mount.list() } == EIO)
            }
        }
    }
}

/// A store that says with each page that the same page follows.
private struct Endless: Store {
    let traits = StoreTraits(
        identity: "endless:",
        displayName: "endless:",
        listsEverything: true,
        readsRanges: true,
        describesNodes: false
    )

    func node(at location: Location, until cancellation: Cancellation) throws(StoreError) -> Node {
        Node(location: location, name: "", kind: .directory)
    }

    func children(of location: Location, after cursor: Cursor?, until cancellation: Cancellation)
        throws(StoreError) -> Page
    {
        Page(nodes: [], next: Cursor("again"))
    }

    func read(_ range: ByteRange, of node: Node, into sink: any ByteSink, until cancellation: Cancellation)
        throws(StoreError)
    {}
}
