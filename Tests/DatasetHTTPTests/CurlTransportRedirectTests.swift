import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Testing

@Suite("CurlTransport: redirections") struct CurlTransportRedirectTests {
    private static let credentials = [
        HTTPHeader("Authorization", "Bearer s3cret"), HTTPHeader("Cookie", "c=s3cret"),
        HTTPHeader("X-API-Key", "s3cret"),
        HTTPHeader("Range", "bytes=0-1"), HTTPHeader("If-Range", "\"v\""),
    ]

    @Test(
        "Credentials in any field stay with their origin; what is asked for goes along",
        arguments: [301, 302, 303, 307, 308]
    )
    func credentialsStay(status: Int) async throws {
        try await onThread {
            let elsewhere = try StubServer(.status(206, text: "ok"))
            let server = try StubServer(.status(status, headers: [("Location", elsewhere.url + "/x?sig=1")]))
            let transport = try testTransport()

            let response = try transport.send(
                HTTPRequest(.get, server.url, headers: Self.credentials),
                until: Cancellation()
            )

            #expect(response.head.status == 206)
            let request = try #require(elsewhere.requests.first)
            #expect(request.target == "/x?sig=1")
            #expect(request.header("Range") == "bytes=0-1")
            #expect(request.header("If-Range") == "\"v\"")
            #expect(!request.headers.contains { $0.value.contains("s3cret") })
        }
    }

    @Test("Within the origin they are sent along, and a relative address is one from there")
    func sameOrigin() async throws {
        try await onThread {
            let server = try StubServer(
                .status(302, headers: [("Location", "../b c?x=y")], text: "moved"),
                .status(200, text: "here")
            )
            let transport = try testTransport()
            let heads = Monitor([Int]())

            let response = try transport.send(
                HTTPRequest(.get, server.url + "/d/e/a", headers: Self.credentials),
                until: Cancellation()
            ) { head in
                heads.withLock { $0.append(head.status) }
                return .memory
            }

            #expect(server.requests.map(\.target) == ["/d/e/a", "/d/b%20c?x=y"])
            #expect(server.requests.last?.header("Authorization") == "Bearer s3cret")
            #expect(server.requests.map(\.connection) == [1, 1])
            #expect(response.body == Array("here".utf8))
            #expect(heads.withLock { $0 } == [200])
        }
    }

    @Test("Once dropped, credentials do not come back when the way leads home")
    func thereAndBack() async throws {
        try await onThread {
            let home = Monitor("")
            let elsewhere = try StubServer { _ in .status(302, headers: [("Location", home.withLock { $0 } + "/end")]) }
            let server = try StubServer { request in
                request.target == "/end" ? .status(200) : .status(302, headers: [("Location", elsewhere.url)])
            }
            home.withLock { $0 = server.url }
            let transport = try testTransport()

            _ = try transport.send(HTTPRequest(.get, server.url, headers: Self.credentials), until: Cancellation())

            #expect(server.requests.map(\.target) == ["/", "/end"])
            #expect(server.requests.last?.header("Authorization") == nil)
        }
    }

    @Test("A circle ends after five redirections")
    func circle() async throws {
        try await onThread {
            let server = try StubServer(.status(302, headers: [("Location", "/again")]))
            let transport = try testTransport()

            let code = errorCode { _ = try transport.send(HTTPRequest(.get, server.url), until: Cancellation()) }

            #expect(code == .malformed)
            #expect(server.requests.count == 6)
        }
    }

    @Test(
        "Only http and https are followed",
        arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", ""]
    )
    func otherSchemes(location: String) async throws {
        try await onThread {
            let server = try StubServer(.status(302, headers: [("Location", location)]))
            let transport = try testTransport()
            var request = HTTPRequest(.get, server.url)
            request.maxRedirects = 1

            let code = errorCode { _ = try transport.send(request, until: Cancellation()) }

            #expect(code == .malformed)
        }
    }

    @Test(
        "What has effects is never sent elsewhere: the caller gets the answer itself",
        arguments: [
            HTTPRequest.Method.post, .put, .patch, .delete,
        ]
    )
    func otherMethods(_ method: HTTPRequest.Method) async throws {
        try await onThread {
            let server = try StubServer(.status(307, headers: [("Location", "/elsewhere")]))
            let transport = try testTransport()

            let response = try transport.send(HTTPRequest(method, server.url, body: [1]), until: Cancellation())

            #expect(response.head.status == 307)
            #expect(server.requests.count == 1)
        }
    }

    @Test("With no redirections allowed, and for a 3xx without an address, the answer itself comes back")
    func notFollowed() async throws {
        try await onThread {
            let server = try StubServer(
                .status(302, headers: [("Location", "/elsewhere")]),
                .status(304),
                .status(308)
            )
            let transport = try testTransport()
            var request = HTTPRequest(.get, server.url)
            request.maxRedirects = 0

            #expect(try transport.send(request, until: Cancellation()).head.header("Location") == "/elsewhere")
            request.maxRedirects = 5
            #expect(try transport.send(request, until: Cancellation()).head.status == 304)
            #expect(try transport.send(request, until: Cancellation()).head.status == 308)
        }
    }

    @Test("An endless page about the redirection is not read to its end")
    func endlessRedirection() async throws {
        try await onThread {
            let server = try StubServer { request in
                guard request.target == "/" else { return .status(200, text: "there") }
                let head = StubServer.Answer.head(302, headers: [("Location", "/there")], length: nil)
                return .init(.send(head), .sendEndlessly([UInt8](repeating: 32, count: 1000)))
            }
            let transport = try testTransport()

            let response = try transport.send(HTTPRequest(.get, server.url), until: Cancellation())

            #expect(response.body == Array("there".utf8))
        }
    }
}
