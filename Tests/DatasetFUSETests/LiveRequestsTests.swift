internal import DatasetSync
internal import DatasetTestSupport
internal import Testing

@testable internal import DatasetFUSE

@Suite("LiveRequests")
struct LiveRequestsTests {
    @Test("the end of the session interrupts all that live and all that come")
    func closing() {
        let live = LiveRequests()
        let early = Cancellation()
        let done = Cancellation()
        let late = Cancellation()
        _ = live.add(early)
        live.remove(live.add(done))

        live.close()
        _ = live.add(late)

        #expect(early.reason == .interrupted && late.reason == .interrupted)
        #expect(done.reason == nil)
    }

    @Test("a thread keeps its buffer, and another thread has its own")
    func buffers() async throws {
        let buffers = try #require(ReplyBuffers(capacity: 4096))
        @Sendable func address() -> UInt { unsafe UInt(bitPattern: buffers.buffer(10)?.baseAddress) }

        let (first, again, other) = await onThread {
            let first = address()
            let again = address()
            let second = Pending<UInt, Never>()
            let thread = OwnedThread(name: "second") { second.complete(.success(address())) }
            thread?.join()
            return (first, again, second.wait(until: Cancellation())?.get() ?? 0)
        }

        #expect(first != 0 && first == again && other != 0 && other != first)
        #expect(unsafe buffers.buffer(4097) == nil)
    }
}
