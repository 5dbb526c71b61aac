import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Synchronization
import Testing

@testable import DatasetStores

@Suite("Gufe.FileStore's temporary files")
struct FileStoreLeftoverTests {
    private let place: WritableDirectory

    init() throws {
        place = try WritableDirectory()
    }

    @Test("A temporary file is hidden from everybody but the directory itself")
    func hidden() async throws {
        try place.plant(at: WritableDirectory.leftover)

        let (names, node, child) = await onThread { [store = place.store] in
            (
                try? store.children(of: .root, after: nil, until: Cancellation()).nodes.map(\.name),
                try? store.node(at: Location(WritableDirectory.leftover), until: Cancellation()),
                try? store.child(named: WritableDirectory.leftover, of: .root, until: Cancellation())
            )
        }

        #expect(names == [])
        #expect(node == nil)
        #expect(child == nil)
        try place.plant(at: WritableDirectory.leftover)
        try await place.remove(Location(WritableDirectory.leftover))
        #expect(place.isThere(WritableDirectory.leftover))
    }

    @Test(
        "What a crash left behind goes with the next look into that directory, or creation in it",
        arguments: [true, false]
    )
    func leftovers(isListed: Bool) async throws {
        try place.plant(at: WritableDirectory.leftover)
        let other = ".datasetfs-notes.part"
        try place.plant(at: other)
        place.makeOld(other, bySeconds: 100_000)

        if isListed {
            let page = try await onThread { [store = place.store] in
                try store.children(of: .root, after: nil, until: Cancellation())
            }
            #expect(page.nodes.map(\.name) == [other])
        } else {
            _ = try await place.create("first")
        }

        #expect(!place.isThere(WritableDirectory.leftover))
        #expect(place.isThere(other))
    }

    @Test("Files that are being written stay while others look for leftovers all the time")
    func sweeping() async throws {
        let isOver = Atomic(false)
        let sweeper = OwnedThread(name: "sweeper") { [store = place.store] in
            while !isOver.load(ordering: .relaxed) {
                _ = try? store.children(of: .root, after: nil, until: Cancellation())
            }
        }
        for number in 0..<200 { _ = try await place.create("file \(number)") }
        isOver.store(true, ordering: .relaxed)
        await onThread { sweeper?.join() }

        #expect(try FileNames.all(in: place.directory.path).count == 200)
    }

    @Test("What is still being written stays, however old it looks")
    func lockedLeftover() async throws {
        try place.plant(at: WritableDirectory.leftover)
        place.makeOld(WritableDirectory.leftover, bySeconds: 1_000_000)
        let descriptor = unsafe open(place.directory.file(WritableDirectory.leftover), O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        #expect(flock(descriptor, LOCK_EX) == 0)

        _ = try await place.create("first")

        #expect(place.isThere(WritableDirectory.leftover))
    }

    @Test("A directory that only looks empty can be removed, unless somebody is writing into it")
    func removeHiding() async throws {
        unsafe #expect(mkdir(place.directory.file("d"), 0o755) == 0)
        try place.plant(at: "d/" + WritableDirectory.leftover)
        let descriptor = unsafe open(place.directory.file("d/" + WritableDirectory.leftover), O_RDONLY | O_CLOEXEC)
        #expect(flock(descriptor, LOCK_EX) == 0)

        let error = await #expect(throws: StoreError.self) { try await place.remove(Location("d")) }
        #expect(error?.code == .conflict)
        // A process that another test starts in this moment has the file open as well.
        #expect(flock(descriptor, LOCK_UN) == 0)
        close(descriptor)
        try await place.remove(Location("d"))

        #expect(!place.isThere("d"))
    }

    @Test("Nothing is left in the directory but what was to be there, also after failures")
    func nothingLeft() async throws {
        let node = try await place.create("file", .pattern(seed: 1, size: 3 << 20))
        _ = try await place.replace(node, with: .pattern(seed: 2, size: 3 << 20))
        await #expect(throws: StoreError.self) { try await place.create("file") }
        await #expect(throws: StoreError.self) { try await place.replace(node) }
        let faulty = FaultyStore(place.store)
        faulty.script(.create, .failContent(at: 2 << 20, StoreError(.localFailure, "test")))
        await #expect(throws: StoreError.self) {
            try await onThread {
                _ = try faulty.create(
                    Creation(.file, named: "other", in: .root),
                    content: ReferenceContent.pattern(seed: 3, size: 3 << 20),
                    ledger: TestLedger(),
                    until: Cancellation()
                )
            }
        }

        let names = try FileNames.all(in: place.directory.path)

        #expect(names == ["file"])
    }

    @Test("What a killed process was writing goes when its creation is tried again, or abandoned")
    func killed() async throws {
        for isAbandoned in [false, true] {
            let ledger = TestLedger()
            let creation = Creation(.file, named: "file \(isAbandoned)", in: .root)
            let faulty = FaultyStore(place.store)
            faulty.script(.create, .failContent(at: 0, StoreError(.localFailure, "killed")))
            await #expect(throws: StoreError.self) {
                try await onThread {
                    let content = ReferenceContent.text("text")
                    _ = try faulty.create(creation, content: content, ledger: ledger, until: Cancellation())
                }
            }
            // Its last note names the file; a killed process leaves that behind.
            let note = try #require(ledger.lastNote)
            let name = try #require(Gufe.FileNote(text: note)?.temporary?.name)
            try place.plant("half", at: name)

            try await onThread { [store = place.store] in
                if isAbandoned {
                    try store.abandon(note, until: Cancellation())
                } else {
                    let content = ReferenceContent.text("text")
                    _ = try store.create(creation, content: content, ledger: ledger, until: Cancellation())
                }
            }
        }

        #expect(try FileNames.all(in: place.directory.path) == ["file false"])
    }

    @Test("A note names nothing but temporary files, whatever stands in it")
    func foreignNote() async throws {
        try place.plant(at: "file")
        let temporary = Gufe.FileNote.Temporary(parent: .root, name: "file", device: 0, inode: 0, modified: 0)

        try await onThread { [store = place.store] in
            try store.abandon(Gufe.FileNote(temporary).text, until: Cancellation())
        }

        #expect(place.isThere("file"))
    }
}
