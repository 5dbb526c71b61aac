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
}
