import DatasetModel
import DatasetStores
import DatasetSync
import DatasetTestSupport
import Testing

@Suite("FaultyStore")
struct FaultyStoreTests {
    private let store: FaultyStore
    private let content = ReferenceContent.pattern(seed: 5, size: 3 << 20)
    private let location = Location("file")

    init() throws {
        let memory = Gufe.MemoryStore()
        try memory.storeBytes(content.allBytes, at: location)
        store = FaultyStore(memory)
    }

    /// Reads the whole file on a thread of its own.
    private func read() async -> (bytes: [UInt8], error: StoreError?) {
        await onThread { [store, location] in
            let sink = CollectingSink()
            do {
                let node = try store.node(at: location, until: Cancellation())
                try store.read(
                    ByteRange(offset: 0, count: node.size ?? 0),
                    of: node,
                    into: sink,
                    until: Cancellation()
                )
                return (sink.bytes, nil)
            } catch {
                return (sink.bytes, error as? StoreError)
            }
        }
    }

    @Test("A scripted error comes once, then all is well")
    func fail() async {
        store.script(.read, .fail(StoreError(.reset, "test")))

        #expect(await read().error?.code == .reset)
        #expect(await read() == (content.allBytes, nil))
        #expect(store.calls(.read) == 2)
        #expect(store.bytesRead == content.size)
        #expect(store.rangesRead == [content.wholeRange, content.wholeRange])
    }

    @Test("A fault for one thing leaves the others alone, and can be healed")
    func elsewhere() async {
        store.script(.node, .fail(StoreError(.offline, "test")), at: Location("other"), times: nil)
        #expect(await read().error == nil)
        store.script(.node, .fail(StoreError(.offline, "test")), at: location, times: nil)
        #expect(await read().error?.code == .offline)
        #expect(await read().error?.code == .offline)

        store.heal()

        #expect(await read().error == nil)
    }

    @Test("One byte is turned over, nothing is reported", arguments: [0, 1 << 20, 3 << 20 - 1])
    func corrupt(_ place: Int) async {
        store.script(.read, .corruptByte(at: UInt64(place)))

        let (bytes, error) = await read()

        #expect(error == nil)
        #expect(content.firstMismatch(bytes) == UInt64(place))
        #expect(bytes.count == 3 << 20)
    }

    @Test("A read is cut short, with or without an error", arguments: [0, 1, 1 << 20, 1 << 20 + 1])
    func truncate(_ limit: Int) async {
        store.script(.read, .truncate(after: UInt64(limit), StoreError(.reset, "test")))
        store.script(.read, .truncate(after: UInt64(limit), nil))
        let expected = content.bytes(in: ByteRange(offset: 0, count: UInt64(limit)))

        #expect(await read() == (expected, StoreError(.reset, "test")))
        #expect(await read() == (expected, nil))
    }

    @Test("A held call waits at its gate")
    func hold() async {
        let gate = Gate()
        store.script(.read, .hold(gate))
        async let answer = read()
        #expect(await onThread { gate.waitForArrivals(1) })
        #expect(store.bytesRead == 0)

        gate.open()

        #expect(await answer.error == nil)
    }

    @Test("A held call can be given up")
    func holdAndCancel() async {
        let gate = Gate()
        let cancellation = Cancellation()
        store.script(.node, .hold(gate))
        async let code = onThread { [store, location] in
            do throws(StoreError) {
                _ = try store.node(at: location, until: cancellation)
                return StoreError.Code?.none
            } catch {
                return error.code
            }
        }
        #expect(await onThread { gate.waitForArrivals(1) })

        cancellation.cancel()

        #expect(await code == .interrupted)
    }

    @Test("Sizes and names are told wrongly")
    func lies() async throws {
        store.script(.node, .size(7))
        store.script(.children, .names(["../escape"]))

        let (node, page) = try await onThread { [store, location] in
            (
                try store.node(at: location, until: Cancellation()),
                try store.children(of: .root, after: nil, until: Cancellation())
            )
        }

        #expect(node.size == 7)
        #expect(page.nodes.map(\.name) == ["../escape"])
    }
}
