import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@Suite("Gufe.FileStore")
struct FileStoreTests {
    private let directory: TemporaryDirectory
    private let store: Gufe.FileStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try Gufe.FileStore(directory: directory.path)
    }

    private func write(_ text: String, to name: String) throws {
        try ReferenceTree.plant(.file(.text(text)), at: directory.file(name))
    }

    private func names(in location: Location = .root) async throws -> [String] {
        try await onThread { [store] in
            try store.children(of: location, after: nil, until: Cancellation()).nodes.map(\.name).sorted()
        }
    }

    /// The code of the error that `body` fails with, nil when it does not.
    private func code(_ body: @escaping @Sendable (Gufe.FileStore) throws -> Void) async -> StoreError.Code? {
        await onThread { [store] in
            do {
                try body(store)
                return nil
            } catch {
                return (error as? StoreError)?.code
            }
        }
    }

    @Test("A directory that is not there is refused with a remedy")
    func missingDirectory() throws {
        let error = #expect(throws: StoreError.self) {
            _ = try Gufe.FileStore(directory: directory.file("none"))
        }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains(directory.file("none")) == true)
        #expect(error?.remedy != nil)
    }

    @Test("It is known by the directory's true path")
    func identity() throws {
        unsafe #expect(symlink(directory.path, directory.file("alias")) == 0)

        let alias = try Gufe.FileStore(directory: directory.file("alias"))

        #expect(alias.traits.identity == "file:\(directory.path)")
        #expect(alias.traits.displayName == "file:\(directory.file("alias"))")
    }

    @Test(
        "A location that leads up, or is none, is refused",
        arguments: ["..", "../x", "a/../..", "a/..", ".", "./a", "/etc/passwd", "a//b", "a/", "/", "a\0b"]
    )
    func escapes(_ location: String) async {
        #expect(await code { _ = try $0.node(at: Location(location), until: Cancellation()) } == .invalid)
        #expect(
            await code { _ = try $0.children(of: Location(location), after: nil, until: Cancellation()) } == .invalid
        )
    }

    @Test("No link is followed, neither at the end nor on the way")
    func links() async throws {
        let outside = try TemporaryDirectory()
        try ReferenceTree.plant(.file(.text("secret")), at: outside.file("secret.txt"))
        try ReferenceTree.plant(.link(target: outside.path), at: directory.file("way out"))
        try ReferenceTree.plant(.link(target: "way out"), at: directory.file("inner"))

        let node = try await onThread { [store] in try store.node(at: Location("way out"), until: Cancellation()) }

        #expect(node.kind == .link(target: outside.path))
        #expect(await code { _ = try $0.node(at: Location("way out/secret.txt"), until: Cancellation()) } == .notFound)
        #expect(await code { _ = try $0.node(at: Location("inner/secret.txt"), until: Cancellation()) } == .notFound)
        #expect(
            await code { _ = try $0.children(of: Location("way out"), after: nil, until: Cancellation()) } == .notFound
        )
        #expect(
            await code { _ = try $0.child(named: "..", of: .root, until: Cancellation()) } == .notFound
        )
        #expect(
            await code { _ = try $0.child(named: "way out/secret.txt", of: .root, until: Cancellation()) } == .notFound
        )
    }

    @Test("A file that a link took the place of is gone")
    func swappedForLink() async throws {
        let outside = try TemporaryDirectory()
        try ReferenceTree.plant(.file(.text("secret")), at: outside.file("x"))
        try write("harmless", to: "x")
        let node = try await onThread { [store] in try store.node(at: Location("x"), until: Cancellation()) }
        unsafe #expect(unlink(directory.file("x")) == 0)
        try ReferenceTree.plant(.link(target: outside.file("x")), at: directory.file("x"))

        let sink = CollectingSink()
        let result = await code {
            try $0.read(ByteRange(offset: 0, count: 1), of: node, into: sink, until: Cancellation())
        }

        #expect(result == .versionGone)
        #expect(sink.count == 0)
    }

    @Test("Pipes, sockets and devices are not there, and looking does not wait for them")
    func specialFiles() async throws {
        try write("x", to: "file")
        unsafe #expect(mkfifo(directory.file("pipe"), 0o600) == 0)

        #expect(try await names() == ["file"])
        #expect(await code { _ = try $0.node(at: Location("pipe"), until: Cancellation()) } == .notFound)
        let pipe = Node(location: Location("pipe"), name: "pipe", kind: .file, size: 1, version: Version("x"))
        #expect(
            await code {
                try $0.read(ByteRange(offset: 0, count: 1), of: pipe, into: CollectingSink(), until: Cancellation())
            } == .versionGone
        )
    }

    @Test("A name that is no UTF-8 is found, read and told apart from its escape")
    func bytesAsName() async throws {
        let raw: [CChar] = directory.file("").utf8.map { CChar(bitPattern: $0) } + [-1, 0]
        let descriptor = unsafe open(raw, O_WRONLY | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        unsafe #expect(Glibc.write(descriptor, "raw", 3) == 3)
        close(descriptor)
        try write("literal", to: "%FF")

        let nodes = try await onThread { [store] in
            try store.children(of: .root, after: nil, until: Cancellation()).nodes
                .sorted { ($0.size ?? 0) < ($1.size ?? 0) }
        }

        #expect(nodes.map(\.location.rawValue) == ["%FF", "%25FF"])
        #expect(nodes.map(\.name) == ["%FF", "%FF"])
        for (node, text) in zip(nodes, ["raw", "literal"]) {
            let bytes = try await onThread { [store] in
                let whole = try store.node(at: node.location, until: Cancellation())
                let sink = CollectingSink()
                try store.read(
                    ByteRange(offset: 0, count: whole.size ?? 0),
                    of: whole,
                    into: sink,
                    until: Cancellation()
                )
                return sink.bytes
            }
            #expect(bytes == Array(text.utf8))
        }
        let child = try await onThread { [store] in try store.child(named: "%FF", of: .root, until: Cancellation()) }
        #expect(child.size == 7)
    }

    @Test("A file that was changed just now is listed without a version and told with one that has settled")
    func settling() async throws {
        let time = ManualTime()
        let store = try Gufe.FileStore(directory: directory.path, time: time)
        try write("x", to: "file")
        let changed = try await onThread {
            try store.node(at: Location("file"), until: Cancellation()).modified?.nanoseconds ?? 0
        }

        time.setWall(nanoseconds: changed + 5_000_000)
        let fresh = try await onThread { try store.children(of: .root, after: nil, until: Cancellation()).nodes }
        time.setWall(nanoseconds: changed + 20_000_000)
        let settled = try await onThread { try store.children(of: .root, after: nil, until: Cancellation()).nodes }

        #expect(fresh.map(\.version) == [nil])
        #expect(fresh.map(\.size) == [1])
        #expect(settled.first?.version != nil)
    }

    @Test("What is no range of a file is refused", arguments: [(0, 2), (1, 1), (2, 0)] as [(UInt64, UInt64)])
    func impossibleRange(_ offset: UInt64, _ count: UInt64) async throws {
        try write("x", to: "file")
        let node = try await onThread { [store] in try store.node(at: Location("file"), until: Cancellation()) }

        let result = await code {
            let range = ByteRange(offset: offset, count: count)
            try $0.read(range, of: node, into: CollectingSink(), until: Cancellation())
        }

        #expect(result == .invalid)
    }

    @Test("A cursor that it did not make is refused")
    func foreignCursor() async {
        #expect(
            await code { _ = try $0.children(of: .root, after: Cursor("next"), until: Cancellation()) } == .invalid
        )
    }

    @Test("What the user may not read is forbidden, not absent", .enabled(if: geteuid() != 0, "root may read all"))
    func forbidden() async throws {
        try write("x", to: "file")
        let node = try await onThread { [store] in try store.node(at: Location("file"), until: Cancellation()) }
        unsafe #expect(chmod(directory.file("file"), 0) == 0)
        let now = try await onThread { [store] in try store.node(at: node.location, until: Cancellation()) }

        let result = await code {
            try $0.read(ByteRange(offset: 0, count: 1), of: now, into: CollectingSink(), until: Cancellation())
        }

        #expect(result == .forbidden)
    }
}
