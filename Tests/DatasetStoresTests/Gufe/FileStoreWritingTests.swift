import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Glibc
import Testing

@testable import DatasetStores

@Suite("Gufe.FileStore, written to")
struct FileStoreWritingTests {
    private let place: WritableDirectory

    init() throws {
        place = try WritableDirectory()
    }

    @Test("Who else holds the directory's lock is waited for, as long as the caller wants to")
    func lockedDirectory() async throws {
        let node = try await place.create("file")
        let descriptor = unsafe open(place.directory.path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)
        let calls: [@Sendable (Gufe.FileStore, Cancellation) throws -> Void] = [
            { store, cancellation in
                let version = node.version ?? Version("")
                let new = ReferenceContent.text("new")
                _ = try store.replace(
                    node.location,
                    version: version,
                    with: new,
                    ledger: TestLedger(),
                    until: cancellation
                )
            },
            { try $0.remove(node.location, version: nil, until: $1) },
            { _ = try $0.rename(node.location, to: "other", in: .root, until: $1) },
        ]

        for call in calls {
            let error = await #expect(throws: StoreError.self) {
                try await onThread { [store = place.store] in
                    try call(store, Cancellation(deadline: .after(.milliseconds(100))))
                }
            }
            #expect(error?.code == .timedOut)
        }

        #expect(try FileNames.all(in: place.directory.path) == ["file"])
        let now = try await onThread { [store = place.store] in try store.node(at: node.location, until: Cancellation())
        }
        #expect(now == node)
    }

    @Test("A new file has the permissions that any program's new file has")
    func newPermissions() async throws {
        try place.plant(at: "other")
        _ = try await place.create("file")

        #expect(try place.status("file").st_mode == 0o100666 & ~(try currentMask()))
    }

    /// Asked without setting it, since other tests make files meanwhile (proc(5)).
    private func currentMask() throws -> mode_t {
        let lines = try String(contentsOfFile: "/proc/self/status", encoding: .utf8).split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("Umask:") })
        return try #require(mode_t(line.dropFirst(6).trimmingPrefix { $0.isWhitespace }, radix: 8))
    }

    @Test("A replaced file keeps its permissions and what is kept with it")
    func kept() async throws {
        var node = try await place.create("file")
        unsafe #expect(chmod(place.directory.file("file"), 0o751) == 0)
        let attributes = try FileNames.attributes(of: "file", in: place.directory.path)
        try #require(
            place.store.traits.describesNodes,
            "the tests' directory is on a file system without extended attributes"
        )
        try attributes.set("user.note", to: [1, 2, 3])
        try attributes.set("user.description", to: Array("What it is".utf8))
        node = try await onThread { [store = place.store] in try store.node(at: Location("file"), until: Cancellation())
        }

        let new = try await place.replace(node)

        #expect(try place.status("file").st_mode & 0o7777 == 0o751)
        #expect(try FileNames.attributes(of: "file", in: place.directory.path).value("user.note") == [1, 2, 3])
        #expect(new.attributes.description == "What it is")
    }

    @Test("A description that is too long for the file system is refused as too large")
    func hugeDescription() async throws {
        _ = try await place.create("file")
        let text = String(repeating: "x", count: 70_000)

        let error = await #expect(throws: StoreError.self) {
            try await onThread { [store = place.store] in
                _ = try store.setAttributes(
                    AttributeChange(description: text),
                    of: Location("file"),
                    until: Cancellation()
                )
            }
        }

        #expect(error?.code == .tooLarge)
    }

    @Test("Nothing is created, renamed or removed through a link", arguments: ["out", "out/deeper"])
    func throughLinks(_ location: String) async throws {
        let outside = try TemporaryDirectory()
        unsafe #expect(mkdir(outside.file("deeper"), 0o755) == 0)
        try ReferenceTree.plant(.file(.text("x")), at: outside.file("deeper/file"))
        try ReferenceTree.plant(.link(target: outside.path), at: place.directory.file("out"))
        try place.plant(at: "own")

        let error = await #expect(throws: StoreError.self) { try await place.create("new", in: Location(location)) }
        #expect(error?.code == .notFound)
        await #expect(throws: StoreError.self) {
            try await onThread { [store = place.store] in
                _ = try store.rename(Location("own"), to: "own", in: Location(location), until: Cancellation())
            }
        }
        try await place.remove(Location(location + "/file"))
        try await place.remove(Location(location + "/deeper/file"))

        #expect(try FileNames.all(in: outside.path) == ["deeper"])
        #expect(try FileNames.all(in: outside.file("deeper")) == ["file"])
        #expect(place.isThere("own"))
    }

    @Test("A file that this user may not write is not replaced", .enabled(if: geteuid() != 0, "root may write all"))
    func writeProtected() async throws {
        let node = try await place.create("file")
        unsafe #expect(chmod(place.directory.file("file"), 0o444) == 0)
        let now = try await onThread { [store = place.store] in try store.node(at: node.location, until: Cancellation())
        }

        let error = await #expect(throws: StoreError.self) { try await place.replace(now) }

        #expect(error?.code == .forbidden)
    }

    @Test("A directory that this user may not write says so", .enabled(if: geteuid() != 0, "root may write all"))
    func readOnly() throws {
        unsafe #expect(chmod(place.directory.path, 0o555) == 0)
        defer { unsafe chmod(place.directory.path, 0o755) }

        #expect(try !Gufe.FileStore(directory: place.directory.path).traits.isWritable)
    }

    @Test("What somebody has changed since is not taken for what an earlier try has made", arguments: [false, true])
    func changedSince(_ isReplacement: Bool) async throws {
        let ledger = TestLedger()
        let node = isReplacement ? try await place.create("file") : nil
        let write: @Sendable () throws -> Void = { [store = place.store] in
            let content = ReferenceContent.text("ours..")
            if let node {
                let version = node.version ?? Version("")
                _ = try store.replace(
                    node.location,
                    version: version,
                    with: content,
                    ledger: ledger,
                    until: Cancellation()
                )
            } else {
                let creation = Creation(.file, named: "file", in: .root)
                _ = try store.create(creation, content: content, ledger: ledger, until: Cancellation())
            }
        }
        try await onThread { try write() }
        try await onThread { try write() }
        try place.plant("theirs", at: "file")

        let error = await #expect(throws: StoreError.self) { try await onThread { try write() } }

        #expect(error?.code == .conflict)
        let sink = CollectingSink()
        try await onThread { [store = place.store] in
            let now = try store.node(at: Location("file"), until: Cancellation())
            try store.read(ByteRange(offset: 0, count: 6), of: now, into: sink, until: Cancellation())
        }
        #expect(sink.bytes == Array("theirs".utf8))
    }

    @Test("What was created or renamed has a version that needs no waiting for")
    func settledAtOnce() async throws {
        let node = try await place.create("file")
        let renamed = try await onThread { [store = place.store] in
            try store.rename(node.location, to: "renamed", in: .root, until: Cancellation())
        }
        let time = ManualTime()
        let changed = try place.status("renamed").st_ctim
        time.setWall(nanoseconds: Int64(changed.tv_sec) * 1_000_000_000 + Int64(changed.tv_nsec) + 1_000_000)
        let other = try Gufe.FileStore(directory: place.directory.path, time: time)

        let listed = try await onThread { try other.children(of: .root, after: nil, until: Cancellation()).nodes }

        #expect(listed.map(\.version) == [renamed.version])
        #expect(renamed.version != nil)
    }
}
