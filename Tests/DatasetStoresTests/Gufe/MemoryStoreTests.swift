import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Testing

@Suite("Gufe.MemoryStore")
struct MemoryStoreTests {
    private let time = ManualTime()
    private let store: Gufe.MemoryStore

    init() {
        store = Gufe.MemoryStore(time: time)
    }

    private func node(_ location: Location) async throws -> Node {
        try await onThread { [store] in try store.node(at: location, until: Cancellation()) }
    }

    @Test("Storing creates or replaces, deleting removes, and the directory goes with its last file")
    func lifecycle() async throws {
        let location = Location("dag/unit/result.json")
        try store.storeBytes([1], at: location)
        try store.storeBytes([1, 2], at: location)
        #expect(store.exists(location))
        #expect(!store.exists(Location("dag/unit")))
        #expect(try await node(location).size == 2)
        #expect(try await node(Location("dag")).kind == .directory)

        try store.delete(location)

        #expect(!store.exists(location))
        await #expect(throws: StoreError.self) { try await node(Location("dag")) }
    }

    @Test("Deleting what is not there says so")
    func deleteMissing() {
        let error = #expect(throws: StoreError.self) { try store.delete(Location("none")) }

        #expect(error?.code == .notFound)
    }

    @Test("A prefix need not end at a slash")
    func prefixes() throws {
        for location in ["b", "abc/x", "ab/y", "ab/z", "a"] { try store.storeBytes([], at: Location(location)) }

        #expect(store.iterContents().map(\.rawValue) == ["a", "ab/y", "ab/z", "abc/x", "b"])
        #expect(store.iterContents(prefix: "ab").map(\.rawValue) == ["ab/y", "ab/z", "abc/x"])
        #expect(store.iterContents(prefix: "ab/").map(\.rawValue) == ["ab/y", "ab/z"])
        #expect(store.iterContents(prefix: "none").isEmpty)
    }

    @Test("A file and a directory cannot share a name", arguments: [("a", "a/b"), ("a/b", "a"), ("a", "a/b/c")])
    func clash(_ first: String, _ second: String) throws {
        try store.storeBytes([], at: Location(first))

        let error = #expect(throws: StoreError.self) { try store.storeBytes([], at: Location(second)) }

        #expect(error?.code == .conflict)
    }

    @Test("Times come from the clock it was given, and creation stays")
    func times() async throws {
        let start = time.wallNanoseconds()
        try store.storeBytes([], at: Location("x"))
        time.advance(by: .seconds(60))
        try store.storeBytes([1], at: Location("x"))

        let node = try await node(Location("x"))

        #expect(node.created == Timestamp(nanoseconds: start))
        #expect(node.modified == Timestamp(nanoseconds: start + 60_000_000_000))
    }

    @Test("Two stores are two identities: nothing cached of one is taken for the other")
    func identity() {
        #expect(store.traits.identity != Gufe.MemoryStore().traits.identity)
    }

    @Test("What was made through the store stays a directory; what gufe stored takes its directories along")
    func directories() async throws {
        try store.storeBytes([1], at: Location("implied/file"))
        try await onThread { [store] in
            _ = try store.create(
                Creation(.directory, named: "made", in: .root),
                content: nil,
                ledger: TestLedger(),
                until: Cancellation()
            )
            try store.remove(Location("implied/file"), version: nil, until: Cancellation())
        }
        try store.storeBytes([1], at: Location("made/file"))
        try store.delete(Location("made/file"))

        #expect(try await node(Location("implied")).kind == .directory)
        #expect(try await node(Location("made")).kind == .directory)
        #expect(store.iterContents().isEmpty)
        #expect(!store.exists(Location("made")))
        for location in ["made", "implied"] {
            let error = #expect(throws: StoreError.self) { try store.storeBytes([], at: Location(location)) }
            #expect(error?.code == .conflict)
            #expect(throws: StoreError.self) { try store.delete(Location(location)) }
        }
    }

    @Test("A description leaves the version alone, a content does not")
    func descriptionAndVersion() async throws {
        try store.storeBytes([1], at: Location("x"))
        let old = try await node(Location("x"))
        let described = try await onThread { [store] in
            try store.setAttributes(AttributeChange(description: "What"), of: old.location, until: Cancellation())
        }
        try store.storeBytes([1], at: Location("x"))
        let new = try await node(Location("x"))

        #expect(described.version == old.version)
        #expect(new.version != old.version)
        #expect(new.attributes.description == "What")
    }
}
