import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Testing

/// Each ``HTTPError/Code`` is made to happen; `untrusted` has its own suite.
@Suite("CurlTransport: errors") struct CurlTransportErrorTests {
    private func code(
        of answer: StubServer.Answer,
        limit: Int = 1000,
        stallLimit: Duration = .seconds(20),
        _ route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination = { _ in .memory }
    ) async throws -> HTTPError.Code? {
        try await onThread {
            let server = try StubServer(answer)
            let transport = try testTransport()
            let request = HTTPRequest(.get, server.url, bodyLimit: limit, stallLimit: stallLimit)
            return errorCode { _ = try transport.send(request, until: Cancellation(), route: route) }
        }
    }

    @Test("A name that does not exist is unresolved")
    func unresolved() async throws {
        try await onThread {
            let transport = try testTransport()

            let code = errorCode {
                _ = try transport.send(HTTPRequest(.get, "http://nowhere.invalid/"), until: Cancellation())
            }

            #expect(code == .unresolvedHost)
        }
    }

    @Test("A port that nobody listens on is unreachable")
    func unreachable() async throws {
        try await onThread {
            let port: UInt16
            do {
                let server = try StubServer(.status(200))
                port = server.port
                server.stop()
            }
            let transport = try testTransport()

            let code = errorCode {
                _ = try transport.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/"), until: Cancellation())
            }

            #expect(code == .unreachable)
        }
    }

    @Test("No handshake within the connect timeout is unreachable")
    func connectTimeout() async throws {
        try await onThread {
            let gate = Gate()
            // The server accepts and says nothing, so that the TLS handshake never ends.
            let server = try StubServer(.init(.wait(at: gate)))
            let transport = try testTransport { $0.connectTimeout = .milliseconds(100) }
            let url = "https://127.0.0.1:\(server.port)/"

            let code = errorCode { _ = try transport.send(HTTPRequest(.get, url), until: Cancellation()) }
            gate.open()

            #expect(code == .unreachable)
        }
    }

    @Test(
        "Reset, an empty answer, a short body and a short chunk are all reset",
        arguments: [
            StubServer.Answer(.reset),
            StubServer.Answer(.close),
            StubServer.Answer(.send(StubServer.Answer.head(200, length: 10) + [1, 2]), .reset),
            StubServer.Answer(.send(StubServer.Answer.head(200, length: 10) + [1, 2]), .close),
            StubServer.Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab").then(.close),
            StubServer.Answer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab").then(.close),
        ]
    )
    func reset(answer: StubServer.Answer) async throws {
        #expect(try await code(of: answer) == .reset)
    }

    @Test("Silence before the head and within the body is a stall")
    func stalled() async throws {
        let gates = [Gate(), Gate()]
        defer { for gate in gates { gate.open() } }
        let beforeHead = StubServer.Answer(.wait(at: gates[0]))
        let withinBody = StubServer.Answer(.send(StubServer.Answer.head(200, length: 10) + [1]), .wait(at: gates[1]))

        #expect(try await code(of: beforeHead, stallLimit: .milliseconds(60)) == .stalled)
        #expect(try await code(of: withinBody, stallLimit: .milliseconds(60)) == .stalled)
    }

    @Test("A body beyond the limit is refused, announced or not")
    func bodyTooLarge() async throws {
        let announced = StubServer.Answer(.send(StubServer.Answer.head(200, length: 1001)))
        let endless = StubServer.Answer(.send(StubServer.Answer.head(200, length: nil)), .sendEndlessly([7]))

        #expect(try await code(of: announced) == .bodyTooLarge)
        #expect(try await code(of: endless) == .bodyTooLarge)
        #expect(try await code(of: .status(200, body: [UInt8](repeating: 1, count: 1000))) == nil)
    }

    @Test(
        "What is no HTTP is malformed",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "HTTP/1.1 2x0 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
            "HTTP/1.1 200 OK\r\n"
                + String(repeating: "X-Filler: \(String(repeating: "f", count: 1000))\r\n", count: 70),
        ]
    )
    func malformed(text: String) async throws {
        #expect(try await code(of: .raw(text).then(.close)) == .malformed)
    }

    @Test(
        "URLs and fields that are not well-formed never reach the wire",
        arguments: [
            HTTPRequest(.get, "no url"), HTTPRequest(.get, ""), HTTPRequest(.get, "ftp://127.0.0.1/x"),
            HTTPRequest(.get, "http://127.0.0.1/a b"), HTTPRequest(.get, "http://127.0.0.1/\r\nX: y"),
            HTTPRequest(.get, "http://127.0.0.1/", headers: [HTTPHeader("X", "a\r\nY: b")]),
            HTTPRequest(.get, "http://127.0.0.1/", headers: [HTTPHeader("X: y", "z")]),
            HTTPRequest(.get, "http://127.0.0.1/", headers: [HTTPHeader("", "z")]),
        ]
    )
    func malformedRequest(request: HTTPRequest) async throws {
        try await onThread {
            let transport = try testTransport()

            let code = errorCode { _ = try transport.send(request, until: Cancellation()) }

            #expect(code == .malformed)
            #expect(transport.statistics.snapshot.connectionsOpened == 0)
        }
    }

    @Test("The receiver may refuse the body")
    func refused() async throws {
        #expect(try await code(of: .status(200, text: "no thanks")) { _ in .refuse } == .refusedByReceiver)
    }

    @Test("An unreadable file of authorities is this machine's fault")
    func local() async throws {
        try await onThread {
            let server = try StubServer(.status(200))
            let transport = try testTransport { $0.trust = TrustAnchors(file: "/nonexistent.pem", directory: nil) }
            let url = "https://127.0.0.1:\(server.port)/"

            let code = errorCode { _ = try transport.send(HTTPRequest(.get, url), until: Cancellation()) }

            #expect(code == .local)
        }
    }

    @Test("A message names the host and never the query or the user")
    func message() async throws {
        let message = try await onThread { () -> String in
            let server = try StubServer(.init(.reset))
            let transport = try testTransport()
            do {
                let url = "http://user:pass@127.0.0.1:\(server.port)/path?X-Amz-Signature=s3cret"
                _ = try transport.send(HTTPRequest(.get, url), until: Cancellation())
                return ""
            } catch let error as HTTPError {
                return error.message.replacing("\(server.port)", with: "PORT")
            }
        }

        #expect(message.hasPrefix("127.0.0.1:PORT: "))
        #expect(!message.contains("s3cret") && !message.contains("pass") && !message.contains("user"))
    }
}
