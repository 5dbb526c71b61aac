import DatasetCache
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetVFS

@Suite("Content")
struct ContentTests {
    @Test("A read of 4 KiB costs one block, at the edge of two of them two")
    func oneBlock() async throws {
        let fixture = try ContentFixture(size: 100 << 20)

        try await onThread { () throws(StoreError) in
            #expect(try fixture.isRight(50 << 20, 4096))
            #expect(fixture.store.rangesRead == [ByteRange(offset: 50 << 20, count: 65_536)])
            #expect(try fixture.isRight((60 << 20) - 100, 200))
            #expect(fixture.store.rangesRead.last == ByteRange(offset: (60 << 20) - 65_536, count: 131_072))
        }
    }

    @Test("What was read once is not fetched again; the last block is as short as the content")
    func cached() async throws {
        let fixture = try ContentFixture(size: 200_001)

        try await onThread { () throws(StoreError) in
            #expect(try fixture.isRight(0, 200_001))
            #expect(try fixture.isRight(196_608, 3393))
            #expect(try fixture.isRight(1, 200_000))
            #expect(fixture.store.rangesRead == [ByteRange(offset: 0, count: 200_001)])
        }
    }

    @Test("Only the gaps of what is known are fetched")
    func gaps() async throws {
        let fixture = try ContentFixture(size: 10 * 65_536)

        try await onThread { () throws(StoreError) in
            _ = try fixture.read(2 * 65_536, 1)
            _ = try fixture.read(5 * 65_536, 65_537)
            #expect(try fixture.isRight(0, 10 * 65_536))
            #expect(fixture.asked.values.allSatisfy { $0 == 1 })
            #expect(fixture.asked.count == 10)
        }
    }

    @Test("Readers of one block share one transfer")
    func shared() async throws {
        let fixture = try ContentFixture(size: 1 << 20)
        let gate = Gate()
        fixture.store.script(.read, .hold(gate))

        await onThread {
            let opener = OwnedThread(name: "opener") {
                gate.waitForArrivals(1)
                gate.open()
            }
            onThreads(8) { _ in #expect((try? fixture.isRight(65_536, 4096)) == true) }
            opener?.join()
        }

        #expect(fixture.store.calls(.read) == 1)
    }

    @Test("Eight threads reading anywhere get the right bytes, and no block is fetched twice")
    func race() async throws {
        try await withSeed { generator in
            let seeds = (0..<8).map { _ in generator.next() }
            let fixture = try ContentFixture(size: 8_000_123)
            await onThread {
                onThreads(8) { index in
                    var generator = SeededGenerator(seed: seeds[index])
                    for _ in 0..<150 {
                        let offset = UInt64.random(in: 0..<8_000_123, using: &generator)
                        let count = Int.random(in: 0...min(300_000, 8_000_123 - Int(offset)), using: &generator)
                        #expect((try? fixture.isRight(offset, count)) == true)
                    }
                }
            }
            #expect(fixture.asked.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("A cache that keeps nothing serves the right bytes all the same, to many at once")
    func sickCache() async throws {
        try await withSeed { generator in
            let seeds = (0..<8).map { _ in generator.next() }
            let fixture = try ContentFixture(size: 4_000_123, keepsBlocks: false)
            await onThread {
                onThreads(8) { index in
                    var generator = SeededGenerator(seed: seeds[index])
                    for _ in 0..<100 {
                        let offset = UInt64.random(in: 0..<4_000_123, using: &generator)
                        let count = Int.random(in: 0...min(300_000, 4_000_123 - Int(offset)), using: &generator)
                        #expect((try? fixture.isRight(offset, count)) == true)
                    }
                }
            }
            #expect(!fixture.content.cached.isComplete)
        }
    }

    @Test("A sequential reader over a cache that keeps nothing fetches each block once")
    func sickSequential() async throws {
        let fixture = try ContentFixture(size: 3 << 20, keepsBlocks: false)

        try await onThread { () throws(StoreError) in
            for offset in stride(from: 0, to: 3 << 20, by: 16_384) {
                #expect(try fixture.isRight(UInt64(offset), 16_384))
            }
        }

        #expect(fixture.asked.values.allSatisfy { $0 == 1 })
    }

    @Test("Bytes that disagree with what was declared are EIO, and nothing of them is kept")
    func corrupt() async throws {
        let fixture = try ContentFixture(size: 4 * 65_536)
        let mismatch = StoreError(.corrupt, "MD5 differs")
        fixture.store.script(.read, .truncate(after: 4 * 65_536, mismatch), times: nil)

        await onThread {
            #expect(fixture.failure(0, 4 * 65_536) == .corrupt)
            #expect(fixture.content.cached.presentBytes == 0)
            #expect(fixture.store.calls(.read) == 3, "It is asked for again, twice.")
            fixture.store.heal()
            #expect((try? fixture.isRight(0, 4 * 65_536)) == true)
        }
    }

    @Test("Bytes that disagree once are asked for again, unseen by the reader")
    func corruptOnce() async throws {
        let fixture = try ContentFixture(size: 4 * 65_536)
        fixture.store.script(.read, .truncate(after: 2 * 65_536, StoreError(.corrupt, "MD5 differs")), times: 2)

        await onThread { #expect((try? fixture.isRight(0, 4 * 65_536)) == true) }
    }

    @Test("A store that ends early is EIO, and nothing of it is kept", arguments: [0, 1, 65_536, 100_000] as [UInt64])
    func short(limit: UInt64) async throws {
        let fixture = try ContentFixture(size: 4 * 65_536)
        fixture.store.script(.read, .truncate(after: limit, nil), times: nil)

        await onThread {
            #expect(fixture.failure(0, 4 * 65_536) == .corrupt)
            #expect(fixture.content.cached.presentBytes == 0)
        }
    }

    @Test("A connection that breaks leaves what came whole")
    func reset() async throws {
        let fixture = try ContentFixture(size: 4 * 65_536)
        fixture.store.script(.read, .truncate(after: 100_000, StoreError(.reset, "gone")))

        await onThread {
            #expect(fixture.failure(0, 4 * 65_536) == .reset)
            #expect(eventually { fixture.content.bytesUnderWay == 0 })
            #expect(fixture.content.cached.presentBytes == 65_536)
            #expect((try? fixture.isRight(0, 4 * 65_536)) == true)
            #expect(fixture.asked[0] == 1)
        }
    }

    @Test("A reader that leaves does not take the others' bytes away")
    func cancelled() async throws {
        let fixture = try ContentFixture(size: 4 * 65_536)
        let (gate, other, mine) = (Gate(), Gate(), Cancellation())
        fixture.store.script(.read, .hold(gate))

        await onThread {
            let first = OwnedThread(name: "first") {
                do throws(StoreError) {
                    _ = try fixture.read(0, 4096, until: mine)
                    Issue.record("It was cancelled.")
                } catch {
                    #expect(error.code == .interrupted)
                }
            }
            gate.waitForArrivals(1)
            let second = OwnedThread(name: "second") {
                other.pass()
                #expect((try? fixture.isRight(0, 4096)) == true)
            }
            other.open()
            mine.cancel()
            first?.join()
            second?.join()
            gate.open()
        }
    }

    @Test("A reader that waits for another's transfer can leave, and has a deadline")
    func waiting() async throws {
        let fixture = try ContentFixture(size: 4 * 65_536)
        let gate = Gate()
        fixture.store.script(.read, .hold(gate))

        await onThread {
            let first = OwnedThread(name: "first") { #expect((try? fixture.isRight(0, 4096)) == true) }
            gate.waitForArrivals(1)
            let left = Cancellation()
            left.cancel()
            for (cancellation, code) in [
                (left, StoreError.Code.interrupted), (Cancellation(deadline: .after(.milliseconds(5))), .timedOut),
            ] {
                do throws(StoreError) {
                    _ = try fixture.read(0, 4096, until: cancellation)
                    Issue.record("It did not wait.")
                } catch {
                    #expect(error.code == code)
                }
            }
            gate.open()
            first?.join()
        }
    }

    @Test("A prefetch that fails does not fail the reader")
    func failingPrefetch() async throws {
        let fixture = try ContentFixture(size: 4 * 65_536)
        let gate = Gate()
        fixture.store.script(.read, .hold(gate))
        fixture.store.script(.read, .fail(StoreError(.serverFailure, "no")))

        await onThread {
            let cancellation = Cancellation()
            let ahead = OwnedThread(name: "ahead") {
                try? fixture.content.prefetch(ByteRange(offset: 0, count: 4 * 65_536), until: cancellation)
            }
            gate.waitForArrivals(1)
            let reader = OwnedThread(name: "reader") {
                // The first attempt of its own meets the scripted failure; that one is told.
                let code = fixture.failure(65_536, 4096)
                #expect(code == nil || code == .serverFailure)
                #expect((try? fixture.isRight(65_536, 4096)) == true)
            }
            cancellation.cancel()
            ahead?.join()
            reader?.join()
        }
    }

    @Test("A prefetch leaves alone what is there or on its way, and stops at the end")
    func prefetch() async throws {
        let fixture = try ContentFixture(size: 4 * 65_536 + 5)

        try await onThread { () throws(StoreError) in
            _ = try fixture.read(65_536, 1)
            try fixture.content.prefetch(ByteRange(offset: 10, count: .max), until: Cancellation())
            #expect(eventually { fixture.content.bytesUnderWay == 0 })
            #expect(fixture.content.cached.isComplete)
            #expect(fixture.asked.values.allSatisfy { $0 == 1 })
            #expect(try fixture.isRight(0, 4 * 65_536 + 5))
        }
    }

    @Test("A prefetch over a cache that keeps nothing does not push out what readers wait for")
    func sickPrefetch() async throws {
        let fixture = try ContentFixture(size: 64 << 20, keepsBlocks: false)

        try await onThread { () throws(StoreError) in
            for piece in UInt64(0)..<64 {
                try fixture.content.prefetch(ByteRange(offset: piece << 20, count: 1 << 20), until: Cancellation())
            }
            #expect(fixture.store.bytesRead < 16 << 20)
            #expect(try fixture.isRight(0, 1 << 20))
        }
    }

    @Test("A version that the store has thrown away is told as such")
    func versionGone() async throws {
        let fixture = try ContentFixture(size: 65_536)
        fixture.store.script(.read, .fail(StoreError(.versionGone, "changed")))

        await onThread { #expect(fixture.failure(0, 1) == .versionGone) }
    }

    @Test("Those who open one version share one content; with the last of them it goes")
    func table() throws {
        let fixture = try ContentFixture(size: 65_536)
        let version = try #require(fixture.node.version)

        let again = fixture.table.acquire(fixture.node, size: 65_536, version: version)
        #expect(again === fixture.content)
        fixture.table.release(again)
        fixture.table.release(fixture.content)

        #expect(fixture.table.acquire(fixture.node, size: 65_536, version: version) !== fixture.content)
    }

    @Test("Content that came with the facts costs no second request")
    func inline() async throws {
        let fixture = try ContentFixture(size: 70_000)
        var node = fixture.node
        node.inlineContent = fixture.expected.allBytes

        fixture.table.keepInline(node)

        await onThread { #expect((try? fixture.isRight(0, 70_000)) == true) }
        #expect(fixture.store.calls(.read) == 0)
    }

    @Test("Inline content of another length than declared is not kept")
    func unfitInline() throws {
        let fixture = try ContentFixture(size: 70_000)
        var node = fixture.node
        node.inlineContent = [1, 2, 3]

        fixture.table.keepInline(node)

        #expect(fixture.content.cached.presentBytes == 0)
    }
}
