import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Testing

@Suite("CurlTransport: cancellation and shutting down") struct CurlTransportCancellationTests {
    /// Starts a GET that the server lets wait, cancels it, and says how it ended and how long that took.
    private func cancelled(while answer: @escaping (Gate) -> StubServer.Answer) throws -> (HTTPError.Code?, Duration) {
        let gate = Gate()
        defer { gate.open() }
        let server = try StubServer(answer(gate))
        let transport = try testTransport()
        let cancellation = Cancellation()
        let outcome = Pending<HTTPError.Code?, Never>()
        let thread = OwnedThread(name: "caller") {
            outcome.complete(
                .success(
                    errorCode {
                        _ = try transport.send(HTTPRequest(.get, server.url), until: cancellation) { _ in
                            .sink(RecordingSink())
                        }
                    }
                )
            )
        }
        #expect(gate.waitForArrivals(1))
        let time = elapsed {
            cancellation.cancel()
            thread?.join()
        }
        gate.open()
        #expect(server.waitForDisconnection())
        guard case .success(let code) = outcome.wait(until: Cancellation()) else { return (nil, time) }
        return (code, time)
    }

    @Test("A cancelled transfer ends within milliseconds, before its head and in its body")
    func interrupted() async throws {
        let (early, late) = try await onThread {
            (
                try cancelled { .init(.wait(at: $0)) },
                try cancelled { .init(.send(StubServer.Answer.head(200, length: 10) + [1]), .wait(at: $0)) }
            )
        }

        #expect(early.0 == .cancelled(.interrupted))
        #expect(late.0 == .cancelled(.interrupted))
        // Milliseconds on a quiet machine; the bound leaves room for a busy one and is far below every other limit.
        #expect(early.1 < .milliseconds(500) && late.1 < .milliseconds(500))
    }

    @Test("What is cancelled before it begins never reaches the wire")
    func cancelledBefore() async throws {
        try await onThread {
            let server = try StubServer(.status(200))
            let transport = try testTransport()
            let cancellation = Cancellation()
            cancellation.cancel()

            let code = errorCode { _ = try transport.send(HTTPRequest(.get, server.url), until: cancellation) }

            #expect(code == .cancelled(.interrupted))
            #expect(server.connectionCount == 0)
        }
    }

    @Test("A deadline ends a transfer that is under way")
    func deadline() async throws {
        try await onThread {
            let gate = Gate()
            defer { gate.open() }
            let server = try StubServer(.init(.wait(at: gate)))
            let transport = try testTransport()

            let code = errorCode {
                let cancellation = Cancellation(deadline: .after(.milliseconds(50)))
                _ = try transport.send(HTTPRequest(.get, server.url), until: cancellation)
            }

            #expect(code == .cancelled(.deadline))
        }
    }

    @Test("After send has come back, the sink is left alone")
    func sinkIsLeftAlone() async throws {
        try await onThread {
            let head = StubServer.Answer.head(200, length: nil)
            let server = try StubServer(.init(.send(head), .sendEndlessly([UInt8](repeating: 0, count: 4096))))
            let transport = try testTransport()
            for _ in 0..<5 {
                let cancellation = Cancellation()
                // Cancelled from within, on the loop's thread, while more keeps coming.
                let sink = RecordingSink { received in
                    if received > 100_000 { cancellation.cancel() }
                    return true
                }

                let code = errorCode {
                    _ = try transport.send(HTTPRequest(.get, server.url), until: cancellation) { _ in .sink(sink) }
                }
                let deliveries = sink.deliveries.count
                _ = transport.statistics.snapshot

                #expect(code == .cancelled(.interrupted))
                #expect(sink.deliveries.count == deliveries)
            }
        }
    }

    @Test("Shutting down fails every waiter, closes every connection and refuses what comes later")
    func shutDown() async throws {
        try await onThread {
            let gate = Gate()
            defer { gate.open() }
            let server = try StubServer(.init(.wait(at: gate)))
            let transport = try testTransport()
            let codes = Monitor([HTTPError.Code?]())
            let threads = (0..<5).map { _ in
                OwnedThread(name: "caller") {
                    let code = errorCode {
                        _ = try transport.send(HTTPRequest(.get, server.url), until: Cancellation())
                    }
                    codes.update { $0.append(code) }
                }
            }
            #expect(gate.waitForArrivals(5))

            transport.shutDown()
            for thread in threads { thread?.join() }
            let later = errorCode { _ = try transport.send(HTTPRequest(.get, server.url), until: Cancellation()) }

            #expect(codes.withLock { $0 } == [HTTPError.Code?](repeating: .cancelled(.interrupted), count: 5))
            #expect(later == .cancelled(.interrupted))
            #expect(transport.statistics.snapshot.connectionsOpen == 0)
        }
    }
}
