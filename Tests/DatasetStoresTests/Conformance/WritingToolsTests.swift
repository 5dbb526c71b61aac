import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Testing

@Suite("FaultyStore, written to")
struct FaultyWritingTests {
    private let memory = Gufe.MemoryStore()
    private let store: FaultyStore
    private let content = ReferenceContent.pattern(seed: 5, size: 3 << 20)

    init() {
        store = FaultyStore(memory)
    }

    private func create(
        _ name: String = "file",
        _ ledger: TestLedger = TestLedger(),
        until cancellation: Cancellation = Cancellation()
    ) async -> Result<Node, StoreError> {
        await onThread { [store, content] in
            do throws(StoreError) {
                let creation = Creation(.file, named: name, in: .root)
                return .success(try store.create(creation, content: content, ledger: ledger, until: cancellation))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test("A lost answer is one to something that was done; a failure is not")
    func failBeforeAndAfter() async {
        store.script(.create, .fail(StoreError(.reset, "before")))
        store.script(.create, .failAfter(StoreError(.reset, "after")))

        #expect(await create() == .failure(StoreError(.reset, "before")))
        #expect(!memory.exists(Location("file")))
        #expect(await create() == .failure(StoreError(.reset, "after")))
        #expect(memory.exists(Location("file")))
        #expect(store.calls(.create) == 2)
        #expect(store.creations.map(\.name) == ["file", "file"])
        #expect(store.bytesWritten == content.size)
    }

    @Test("A content ends where it is to end")
    func contentFails() async {
        store.script(.create, .failContent(at: 2 << 20, StoreError(.localFailure, "the disk")))

        #expect(await create() == .failure(StoreError(.localFailure, "the disk")))
        #expect(store.bytesWritten == 2 << 20)
        #expect(!memory.exists(Location("file")))
    }

    @Test("A fault can be for one name")
    func named() async throws {
        store.script(.create, .fail(StoreError(.reset, "test")), named: "other", times: nil)

        #expect(try await create("file").get().size == content.size)
        #expect(await create("other") == .failure(StoreError(.reset, "test")))
    }

    @Test("A creation is held before, on the way and after", arguments: [0, 1, 2])
    func hold(_ place: Int) async throws {
        let gate = Gate()
        store.script(.create, [.hold(gate), .holdContent(at: 1 << 20, gate), .holdAfter(gate)][place])
        async let answer = create()
        #expect(await onThread { gate.waitForArrivals(1) })
        #expect(memory.exists(Location("file")) == (place == 2))

        gate.open()

        #expect(try await answer.get().size == content.size)
        #expect(memory.exists(Location("file")))
    }

    @Test("A held creation can be given up", arguments: [0, 1, 2])
    func holdAndCancel(_ place: Int) async {
        let gate = Gate()
        let cancellation = Cancellation()
        store.script(.create, [.hold(gate), .holdContent(at: 1 << 20, gate), .holdAfter(gate)][place])
        async let answer = create(until: cancellation)
        #expect(await onThread { gate.waitForArrivals(1) })

        cancellation.cancel()

        guard case .failure(let error) = await answer else {
            Issue.record("it goes on")
            return
        }
        #expect(error.code == .interrupted)
    }

    @Test("A ledger's process dies at a note, before or after it is kept")
    func death() throws {
        for (death, kept) in [(TestLedger.Death.before, ["1"]), (.after, ["1", "2"])] {
            let ledger = TestLedger()
            ledger.die(atNote: 2, death)
            try ledger.note("1")
            #expect(throws: StoreError.self) { try ledger.note("2") }
            #expect(throws: StoreError.self) { try ledger.note("3") }
            #expect(ledger.notes == kept)
        }
    }
}

@Suite("What is expected of a tree that is written to")
struct ReferenceChangeTests {
    @Test("A write goes over what is there, grows the file and fills a gap with zeros")
    func write() {
        let content = ReferenceContent.bytes([1, 2, 3])

        #expect(content.writing([9], at: 1) == .bytes([1, 9, 3]))
        #expect(content.writing([9, 9], at: 2) == .bytes([1, 2, 9, 9]))
        #expect(content.writing([9], at: 5) == .bytes([1, 2, 3, 0, 0, 9]))
        #expect(content.writing([], at: 5) == content)
    }

    @Test("A file is cut off or filled up with zeros")
    func resize() {
        #expect(ReferenceContent.bytes([1, 2, 3]).resized(to: 2) == .bytes([1, 2]))
        #expect(ReferenceContent.bytes([1, 2, 3]).resized(to: 5) == .bytes([1, 2, 3, 0, 0]))
        let pattern = ReferenceContent.pattern(seed: 1, size: 100)
        #expect(pattern.resized(to: 40).allBytes == Array(pattern.allBytes.prefix(40)))
        #expect(pattern.resized(to: 120).allBytes == pattern.allBytes + [UInt8](repeating: 0, count: 20))
    }

    @Test("A directory moves with all that is in it, in place of what is there")
    func move() {
        var tree = ReferenceTree()
        tree.addFile("a/b/c", .text("c"))
        tree.addFile("a/bc", .text("bc"))
        tree.addDirectory("z")
        tree.move("a/b", to: "z")

        #expect(tree.paths == ["a", "a/bc", "z", "z/c"])
        #expect(tree.content(of: "z/c") == .text("c"))
        tree.move("a/bc", to: "z/c")
        #expect(tree.paths == ["a", "z", "z/c"])
        #expect(tree.content(of: "z/c") == .text("bc"))
        tree.change("z/c") { $0.writing([0x42], at: 0) }
        #expect(tree.content(of: "z/c") == .text("Bc"))
    }
}
