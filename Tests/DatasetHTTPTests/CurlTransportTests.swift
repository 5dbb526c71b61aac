import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct CurlTransportTests {
    @Test("A GET brings status, fields and body")
    func get() async throws {
        try await onThread {
            let server = try StubServer(.status(200, headers: [("ETag", "\"v1\"")], text: "hello"))
            let transport = try testTransport()

            let response = try transport.send(
                HTTPRequest(.get, server.url + "/a?b=c"),
                until: Cancellation()
            )

            #expect(server.requests.map(\.method) == ["GET"])
            #expect(server.requests.map(\.target) == ["/a?b=c"])
            #expect(server.requests.first?.header("User-Agent") == "datasetfs/test")
            #expect(response.head.status == 200)
            #expect(response.head.header("etag") == "\"v1\"")
            #expect(response.body == Array("hello".utf8))
        }
    }

    @Test("A POST sends its body with its length and no type of libcurl's own")
    func post() async throws {
        try await onThread {
            let server = try StubServer(.status(201))
            let transport = try testTransport()
            let body = Array("{}".utf8)

            let response = try transport.send(
                HTTPRequest(.post, server.url + "/", headers: [HTTPHeader("X-Empty", "")], body: body),
                until: Cancellation()
            )

            let request = try #require(server.requests.first)
            #expect(request.method == "POST")
            #expect(request.body == body)
            #expect(request.header("Content-Length") == "2")
            #expect(request.header("Content-Type") == nil)
            #expect(request.header("Expect") == nil)
            #expect(request.header("X-Empty") == "")
            #expect(response.head.status == 201)
        }
    }

    @Test("A body that was routed to a sink arrives there in order and not in the answer")
    func sink() async throws {
        try await onThread {
            let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
            let server = try StubServer { .content(content, for: $0) }
            let transport = try testTransport()
            let sink = CollectingSink()

            let request = HTTPRequest(.get, server.url, headers: [HTTPHeader("Range", "bytes=10-250000")])
            let response = try transport.send(request, until: Cancellation()) { head in
                head.status == 206 ? .sink(sink) : .refuse
            }

            #expect(response.body.isEmpty)
            #expect(sink.bytes == Array(content[10...250_000]))
        }
    }
}
