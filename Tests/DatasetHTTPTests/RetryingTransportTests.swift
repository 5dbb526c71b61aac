import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct RetryingTransportTests {
    /// What a transport does for one attempt.
    private enum Attempt: Sendable {
        case answer(Int, [HTTPHeader] = [], body: [UInt8] = [])
        case fail(HTTPError.Code)
        /// Answers with that status and breaks after these bytes of the body.
        case breakAfter(Int, [UInt8])
    }

    /// Plays attempts by script, on the calling thread, with no socket.
    private final class ScriptedTransport: Transport {
        let sent = Monitor(0)
        private let script: [Attempt]

        init(_ script: Attempt...) { self.script = script }

        func send(
            _ request: HTTPRequest,
            until cancellation: Cancellation,
            route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination
        ) throws(HTTPError) -> HTTPResponse {
            let index = sent.withLock { count -> Int in
                defer { count += 1 }
                return count
            }
            switch script[min(index, script.count - 1)] {
            case .fail(let code):
                throw HTTPError(code, "scripted")
            case .answer(let status, let headers, let body):
                let head = HTTPResponseHead(status: status, headers: headers)
                return HTTPResponse(head: head, body: try deliver(body, to: route(head)) ?? [])
            case .breakAfter(let status, let body):
                _ = try deliver(body, to: route(HTTPResponseHead(status: status, headers: [])))
                throw HTTPError(.reset, "scripted")
            }
        }

        private func deliver(_ body: [UInt8], to destination: BodyDestination) throws(HTTPError) -> [UInt8]? {
            switch destination {
            case .memory: return body
            case .refuse: throw HTTPError(.refusedByReceiver, "scripted")
            case .sink(let sink):
                if !body.isEmpty { _ = unsafe body.withUnsafeBytes { unsafe sink.receive($0) } }
                return nil
            }
        }
    }

    private let time = ManualTime()
    private let waits = Monitor([Duration]())

    private func retrying(_ base: ScriptedTransport) -> RetryingTransport {
        RetryingTransport(
            base,
            time: time,
            random: { 1 },
            pause: { [time, waits] interval, _ in
                waits.withLock { $0.append(interval) }
                time.advance(by: interval)
            }
        )
    }

    private func send(
        _ base: ScriptedTransport,
        _ method: HTTPRequest.Method = .get,
        deadline: Duration = .seconds(60),
        _ route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination = { _ in .memory }
    ) async -> Result<HTTPResponse, HTTPError> {
        let transport = retrying(base)
        let cancellation = Cancellation(deadline: .after(deadline, on: time), source: time)
        return await onThread { () -> Result<HTTPResponse, HTTPError> in
            do throws(HTTPError) {
                return .success(try transport.send(HTTPRequest(method, "http://h/"), until: cancellation, route: route))
            } catch {
                return .failure(error)
            }
        }
    }

    @Test("Trouble is waited out, each time longer, until the answer comes")
    func untilItWorks() async throws {
        let base = ScriptedTransport(
            .fail(.unresolvedHost),
            .fail(.reset),
            .answer(500),
            .breakAfter(502, [1]),
            .answer(200, body: [7])
        )

        let response = try await send(base).get()

        #expect(response.head.status == 200)
        #expect(response.body == [7])
        #expect(
            waits.withLock { $0 } == [.milliseconds(200), .milliseconds(400), .milliseconds(800), .milliseconds(1600)]
        )
    }

    @Test("Retry-After is honoured as seconds and as a date")
    func retryAfter() async throws {
        let base = ScriptedTransport(
            .answer(429, [HTTPHeader("retry-after", "5")]),
            // The clock of the test begins with 2026 and is 5.2 seconds further by then.
            .answer(503, [HTTPHeader("Retry-After", "Thu, 01 Jan 2026 00:00:15 GMT")]),
            .answer(201)
        )

        let response = try await send(base, .post).get()

        #expect(response.head.status == 201)
        #expect(waits.withLock { $0 } == [.milliseconds(5200), .milliseconds(10_400)])
    }

    @Test("At the deadline the last answer or error comes back as it is")
    func deadline() async throws {
        let answered = try await send(ScriptedTransport(.answer(503, body: [1])), deadline: .seconds(5)).get()
        #expect(answered.head.status == 503)
        #expect(answered.body == [1])

        let failed = await send(ScriptedTransport(.fail(.unreachable)), deadline: .seconds(5))
        #expect(throws: HTTPError(.unreachable, "scripted")) { try failed.get() }
    }

    @Test("A deadline that strikes in the midst of an attempt leaves the cause that the one before it had")
    func deadlineInFlight() async throws {
        let answered = await send(ScriptedTransport(.answer(503, body: [1]), .fail(.cancelled(.deadline))))
        #expect(try answered.get().head.status == 503)

        let failed = await send(ScriptedTransport(.fail(.reset), .fail(.cancelled(.deadline))))
        #expect(throws: HTTPError(.reset, "scripted")) { try failed.get() }

        let silent = await send(ScriptedTransport(.fail(.cancelled(.deadline))))
        #expect(throws: HTTPError(.cancelled(.deadline), "scripted")) { try silent.get() }

        let left = await send(ScriptedTransport(.answer(503), .fail(.cancelled(.interrupted))))
        #expect(throws: HTTPError(.cancelled(.interrupted), "scripted")) { try left.get() }
    }

    @Test("A refused connection is given up within five seconds, whatever the deadline")
    func outage() async throws {
        let base = ScriptedTransport(.fail(.unreachable))
        let failed = await send(base, deadline: .seconds(3600))

        #expect(throws: HTTPError(.unreachable, "scripted")) { try failed.get() }
        #expect(base.sent.withLock { $0 } == 5)
        #expect(waits.withLock { $0.reduce(.zero, +) } <= .seconds(5))
    }

    @Test("What must not be sent twice is not, unless it was certainly not acted on")
    func notIdempotent() async throws {
        let broken = ScriptedTransport(.fail(.reset), .answer(200))
        let failed = await send(broken, .post)
        #expect(throws: HTTPError(.reset, "scripted")) { try failed.get() }
        #expect(broken.sent.withLock { $0 } == 1)

        let refused = ScriptedTransport(.fail(.unreachable), .answer(200))
        #expect(try await send(refused, .post).get().head.status == 200)
    }

    @Test("Once a byte has reached a sink nothing is repeated")
    func streamed() async throws {
        let sink = CollectingSink()
        let base = ScriptedTransport(.breakAfter(200, []), .breakAfter(200, [1, 2]), .answer(200, body: [9]))

        let result = await send(base) { _ in .sink(sink) }

        #expect(throws: HTTPError(.reset, "scripted")) { try result.get() }
        #expect(sink.bytes == [1, 2])
        #expect(base.sent.withLock { $0 } == 2)
    }

    @Test("An answer that may be repeated never reaches the route, so no sink is fed an error page")
    func routeIsSpared() async throws {
        let sink = CollectingSink()
        let asked = Monitor([Int]())
        let base = ScriptedTransport(.answer(503, body: [1, 2, 3]), .breakAfter(500, [4]), .answer(206, body: [9]))

        let response = try await send(base) { head in
            asked.withLock { $0.append(head.status) }
            return head.status == 206 ? .sink(sink) : .refuse
        }.get()

        #expect(response.head.status == 206)
        #expect(sink.bytes == [9])
        #expect(asked.withLock { $0 } == [206])
    }

    @Test("A cancellation ends the wait between two attempts at once")
    func interrupted() async {
        let waiting = Gate()
        let base = ScriptedTransport(.answer(503, [HTTPHeader("Retry-After", "100")]))
        let transport = RetryingTransport(base, onRetry: { _, _, _ in waiting.pass() })
        let cancellation = Cancellation()

        let code = await onThread { () -> HTTPError.Code? in
            let outcome = Monitor<HTTPError.Code?>(nil)
            let thread = OwnedThread(name: "caller") {
                let code = errorCode { _ = try transport.send(HTTPRequest(.get, "http://h/"), until: cancellation) }
                outcome.withLock { $0 = code }
            }
            #expect(waiting.waitForArrivals(1))
            waiting.open()
            cancellation.cancel()
            thread?.join()
            return outcome.withLock { $0 }
        }

        #expect(code == .cancelled(.interrupted))
        #expect(base.sent.withLock { $0 } == 1)
    }
}
