import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetStores

/// An object store that fails until the deadline: the error names the cause, not the deadline.
@Suite("Edison.ObjectReader under a failing object store") struct EdisonObjectFailureTests {
    private typealias Answer = ScriptedTransport.Answer
    private static let content = SeededBytes.of(30_000)

    /// Reads all of the object through a transport that repeats, for three seconds of a clock that waiting moves on.
    private func failure(
        of content: [UInt8] = Self.content,
        _ fault: @escaping @Sendable (Answer, ManualTime) -> Answer
    )
        throws -> (error: StoreError?, delivered: Int)
    {
        let time = ManualTime()
        let object = ScriptedObject(content)
        object.state.withLock { $0.declaredSize = content.count }
        let (_, scripted) = try object.store(time: time)
        let transport = RetryingTransport(
            scripted,
            time: time,
            random: { 1 },
            pause: { interval, _ in time.advance(by: interval) }
        )
        let pause = Edison.Pause { interval, cancellation in
            time.advance(by: interval)
            return !cancellation.isCancelled
        }
        var options = Edison.Options()
        options.baseURL = HTTPRequest.host
        let store = try Edison.Store(options, .token(Edison.Secret("t")), transport, time, pause: pause)
        let node = try store.node(at: Location("entry/e1"), until: Cancellation())
        object.state.withLock { state in
            state.faults = Array(repeating: { _, answer in fault(answer, time) }, count: 1000)
        }
        let sink = CollectingSink()
        let cancellation = Cancellation(deadline: .after(.seconds(3), on: time), source: time)
        do throws(StoreError) {
            // Not the whole object: that would be gathered first, to be checked.
            let range = ByteRange(offset: 1, count: UInt64(content.count - 1))
            try store.read(range, of: node, into: sink, until: cancellation)
        } catch {
            return (error, sink.count)
        }
        return (nil, sink.count)
    }

    private static func broken(_ answer: Answer, after bytes: Int) -> Answer {
        var answer = answer
        answer.breaksAfter = bytes
        return answer
    }

    @Test(
        "a status repeated in vain is told with its request id",
        arguments: [(500, .serverFailure), (503, .serverFailure), (429, .throttled), (408, .timedOut)]
            as [(Int, StoreError.Code)]
    )
    func status(status: Int, expected: StoreError.Code) throws {
        let headers = [("x-guploader-uploadid", "id-7"), ("Retry-After", "1")]
        let error = try #require(
            try failure { _, _ in Answer(status: status, headers: headers, body: [1, 2]) }.error
        )
        #expect(error.code == expected)
        #expect(error.httpStatus == status)
        #expect(error.requestID == "id-7")
    }

    @Test("what a broken first attempt showed is not taken for the answer that came back")
    func statusAfterBreak() throws {
        let asked = Mutex(0)
        let (error, delivered) = try failure { answer, _ in
            let isFirst = asked.withLock { count in
                count += 1
                return count == 1
            }
            return isFirst ? Self.broken(answer, after: 0) : Answer(status: 503)
        }
        #expect(error?.code == .serverFailure)
        #expect(error?.httpStatus == 503)
        #expect(delivered == 0)
    }

    @Test("connections that break before the first byte are told as such")
    func resets() throws {
        #expect(try failure { _, _ in .failing(.reset) }.error?.code == .reset)
        #expect(try failure { answer, _ in Self.broken(answer, after: 0) }.error?.code == .reset)
    }

    @Test(
        "connections that break after some bytes each time are told as such when the deadline comes",
        arguments: [1, 100]
    )
    func breaksForEver(bytes: Int) throws {
        let (error, delivered) = try failure { answer, _ in Self.broken(answer, after: bytes) }
        #expect(error?.code == .reset)
        #expect(delivered > 0 && delivered < Self.content.count)
    }

    @Test("answers that end too early for ever are damage, not slowness")
    func truncation() throws {
        let (error, delivered) = try failure { answer, _ in
            var answer = answer
            answer.body.removeLast(answer.body.count - 100)
            return answer
        }
        #expect(error?.code == .corrupt)
        #expect(error?.httpStatus == 206)
        #expect(delivered > 0 && delivered < Self.content.count)
    }

    @Test("a store that is only silent is told as too slow")
    func silence() throws {
        let (error, _) = try failure { _, time in
            time.advance(by: .seconds(3))
            return .failing(.cancelled(.deadline))
        }
        #expect(error?.code == .timedOut)
    }

    @Test("the transfer that the deadline cuts short hides what broke those before it only if it went well for long")
    func cutShort() throws {
        for (bytes, expected) in [(500, StoreError.Code.reset), (2 << 20, .timedOut)] {
            let asked = Mutex(0)
            let (error, _) = try failure(of: SeededBytes.of(3 << 20)) { answer, time in
                let number = asked.withLock { count in
                    count += 1
                    return count
                }
                var answer = Self.broken(answer, after: number < 4 ? 500 : bytes)
                guard number >= 4 else { return answer }
                answer.breaksWith = .cancelled(.deadline)
                time.advance(by: .seconds(3))
                return answer
            }
            #expect(error?.code == expected)
        }
    }

    @Test("a store out of reach is told at once, for the transport has tried already")
    func unreachable() throws {
        #expect(try failure { _, _ in .failing(.unreachable) }.error?.code == .unreachable)
        #expect(try failure { _, _ in .failing(.unresolvedHost) }.error?.code == .unresolved)
    }
}
