import DatasetCache
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetVFS

extension ContentTests {
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

    @Test("A version that the store has thrown away is told as such")
    func versionGone() async throws {
        let fixture = try ContentFixture(size: 65_536)
        fixture.store.script(.read, .fail(StoreError(.versionGone, "changed")))

        await onThread { #expect(fixture.failure(0, 1) == .versionGone) }
    }
}
