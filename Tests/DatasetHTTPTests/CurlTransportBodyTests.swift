import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

/// A body that counts what is read of it, and stops or fails where a test says.
private final class CountedBody: BodySource {
    private struct State {
        var read = 0
    }

    let size: Int
    private let failsAt: Int?
    private let gate: (offset: Int, gate: Gate)?
    private let state = Mutex(State())

    init(size: Int, failsAt: Int? = nil, waitsAt offset: Int? = nil, _ gate: Gate? = nil) {
        self.size = size
        self.failsAt = failsAt
        self.gate = gate.flatMap { gate in offset.map { ($0, gate) } }
    }

    var read: Int { state.withLock { $0.read } }

    static func byte(_ offset: Int) -> UInt8 { UInt8(truncatingIfNeeded: offset ^ offset >> 8 ^ offset >> 16) }

    var bytes: [UInt8] { (0..<size).map(Self.byte) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Bool {
        if let gate, (offset..<(offset + buffer.count)).contains(gate.offset) { gate.gate.pass() }
        if let failsAt, offset + buffer.count > failsAt { return false }
        for index in 0..<buffer.count { unsafe buffer[index] = Self.byte(offset + index) }
        state.withLock { $0.read += buffer.count }
        return true
    }
}

@Suite struct CurlTransportBodyTests {
    private static func put(_ server: StubServer, _ source: CountedBody) -> HTTPRequest {
        var request = HTTPRequest(.put, server.url, headers: [HTTPHeader("Content-MD5", "x")])
        request.source = source
        return request
    }

    @Test("Sends a body piece by piece, whatever its length", arguments: [0, 1, 512 << 10, (3 << 20) + 7])
    func pieces(size: Int) async throws {
        try await onThread {
            let server = try StubServer(.status(200))
            let transport = try testTransport()
            let source = CountedBody(size: size)
            for _ in 0..<2 {
                let response = try transport.send(Self.put(server, source), until: Cancellation())
                #expect(response.head.status == 200)
            }
            #expect(server.requests.map(\.body) == [source.bytes, source.bytes])
            #expect(server.requests.map { $0.header("Content-Length") } == ["\(size)", "\(size)"])
            #expect(server.requests.first?.header("Transfer-Encoding") == nil)
            #expect(server.connectionCount == 1)
            #expect(source.read == 2 * size)
        }
    }

    @Test("Goes on when a body that was slow to come comes")
    func slowBody() async throws {
        try await onThread {
            let server = try StubServer(.status(200))
            let transport = try testTransport()
            let gate = Gate()
            let source = CountedBody(size: 4 << 20, waitsAt: 2 << 20, gate)
            let opener = OwnedThread(name: "opener") {
                gate.waitForArrivals(1)
                gate.open()
            }
            let response = try transport.send(Self.put(server, source), until: Cancellation())
            opener?.join()
            #expect(response.head.status == 200)
            #expect(server.requests.first?.body == source.bytes)
        }
    }

    @Test("Ends with a local error when the body cannot be read, at once and on the way", arguments: [0, 2 << 20])
    func unreadable(offset: Int) async throws {
        try await onThread {
            let server = try StubServer(.status(200))
            let transport = try testTransport()
            let retrying = RetryingTransport(transport)
            let source = CountedBody(size: 4 << 20, failsAt: offset)
            let code = errorCode { _ = try retrying.send(Self.put(server, source), until: Cancellation()) }
            #expect(code == .local)
            #expect(server.requests.isEmpty)
            // The transport is none the worse for it.
            #expect(try transport.send(HTTPRequest(.get, server.url), until: Cancellation()).head.status == 200)
        }
    }

    @Test("Ends when its caller gives up while the body is waited for")
    func cancelled() async throws {
        try await onThread {
            let server = try StubServer(.status(200))
            let transport = try testTransport()
            let gate = Gate()
            let source = CountedBody(size: 4 << 20, waitsAt: 1 << 20, gate)
            let cancellation = Cancellation()
            let canceller = OwnedThread(name: "canceller") {
                gate.waitForArrivals(1)
                cancellation.cancel()
                gate.open()
            }
            let code = errorCode { _ = try transport.send(Self.put(server, source), until: cancellation) }
            canceller?.join()
            #expect(code == .cancelled(.interrupted))
            #expect(source.read < source.size)
        }
    }

    @Test("Sends the whole body again after a refusal, a reset and on a connection that had died")
    func again() async throws {
        try await onThread {
            let server = try StubServer(
                .status(503, headers: [("Connection", "close")]).then(.close),
                .init(.reset),
                .status(200).then(.close),
                .status(200)
            )
            let transport = RetryingTransport(try testTransport(), pause: { _, _ in })
            let source = CountedBody(size: (2 << 20) + 5)
            for _ in 0..<2 {
                let response = try transport.send(Self.put(server, source), until: Cancellation())
                #expect(response.head.status == 200)
            }
            #expect(server.requests.allSatisfy { $0.body == source.bytes })
            #expect(server.requests.count == 4)
        }
    }
}
