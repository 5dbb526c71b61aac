import DatasetCache
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetVFS

extension ContentTests {
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

    @Test("What was fetched ahead is read from memory once, and then from the disk")
    func unread() async throws {
        let fixture = try ContentFixture(size: 8 << 20)

        try await onThread { () throws(StoreError) in
            try fixture.content.prefetch(ByteRange(offset: 0, count: 8 << 20), until: Cancellation())
            #expect(eventually { fixture.content.bytesUnderWay == 0 })
            #expect(fixture.content.state.withLock { $0.held.unreadCount } == 128)
            #expect(try fixture.isRight(0, (4 << 20) + 1))
            #expect(fixture.content.state.withLock { $0.held.unreadCount } == 64)
            #expect(try fixture.isRight(0, 8 << 20))
            #expect(fixture.content.state.withLock { $0.held.isEmpty })
            #expect(try fixture.isRight(0, 8 << 20))
            #expect(fixture.asked.values.allSatisfy { $0 == 1 })
        }
    }

    @Test("Readers of what is on its way wait for it, each for its own, and fetch nothing")
    func awaiting() async throws {
        let fixture = try ContentFixture(size: 8 << 20)
        let gate = Gate()
        fixture.store.script(.read, .hold(gate))

        await onThread {
            let ahead = OwnedThread(name: "ahead") {
                try? fixture.content.prefetch(ByteRange(offset: 0, count: 8 << 20), until: Cancellation())
            }
            gate.waitForArrivals(1)
            let readers = (0..<4).compactMap { index in
                OwnedThread(name: "reader") {
                    #expect((try? fixture.isRight(UInt64(index) << 20, 1 << 20)) == true)
                }
            }
            #expect(eventually { fixture.content.state.withLock { $0.awaited.count } == 4 })
            gate.open()
            for reader in readers { reader.join() }
            ahead?.join()
        }

        #expect(fixture.store.calls(.read) == 1)
        #expect(fixture.content.state.withLock { $0.awaited.isEmpty && $0.claims.isEmpty })
    }
}
