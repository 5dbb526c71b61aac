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

            let response = try transport.send(HTTPRequest(.get, server.url + "/a?b=c"), until: Cancellation())

            #expect(server.requests.map(\.method) == ["GET"])
            #expect(server.requests.map(\.target) == ["/a?b=c"])
            #expect(server.requests.first?.header("User-Agent") == "datasetfs/test")
            #expect(server.requests.first?.header("Accept-Encoding") == nil)
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

    @Test(
        "Every method arrives as itself, with a body and without",
        arguments: [HTTPRequest.Method.get, .post, .put, .patch, .delete],
        [nil, 0, 1_500_000]
    )
    func methods(_ method: HTTPRequest.Method, size: Int?) async throws {
        try await onThread {
            let server = try StubServer(.status(200, text: "ok"), .status(200, text: "ok"))
            let transport = try testTransport()
            let body = size.map { size in (0..<size).map { UInt8(truncatingIfNeeded: $0 ^ ($0 >> 8)) } }
            let fields = [HTTPHeader("Content-Type", "text/x-test"), HTTPHeader("Content-Length", "77")]

            let request = HTTPRequest(method, server.url, headers: fields, body: body)
            // Twice, so that the second reuses handle and connection after the first.
            for _ in 0..<2 {
                #expect(try transport.send(request, until: Cancellation()).body == Array("ok".utf8))
            }

            #expect(server.connectionCount == 1)
            for request in server.requests {
                #expect(request.method == method.rawValue)
                #expect(request.body == body ?? [])
                #expect(request.header("Content-Type") == "text/x-test")
                let lengths = request.headers.filter { $0.name.lowercased() == "content-length" }.map(\.value)
                let isBodiless = body == nil && (method == .get || method == .delete)
                #expect(lengths == (isBodiless ? [] : ["\(body?.count ?? 0)"]))
            }
        }
    }

    @Test("A HEAD has fields and no body, and announces what it likes")
    func head() async throws {
        try await onThread {
            let server = try StubServer(.init(.send(StubServer.Answer.head(200, length: 1 << 40))))
            let transport = try testTransport()

            let response = try transport.send(HTTPRequest(.head, server.url), until: Cancellation())

            #expect(server.requests.map(\.method) == ["HEAD"])
            #expect(response.head.header("Content-Length") == "\(1 << 40)")
            #expect(response.body.isEmpty)
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
            #expect(response.head.header("Content-Range") == "bytes 10-250000/300000")
            #expect(sink.bytes == Array(content[10...250_000]))
        }
    }

    @Test("A sink that has enough ends the transfer normally and the connection with it")
    func sinkHasEnough() async throws {
        try await onThread {
            let server = try StubServer { request in
                request.target == "/endless"
                    ? .init(.send(StubServer.Answer.head(200, length: nil)), .sendEndlessly([1, 2, 3, 4]))
                    : .status(200, text: "next")
            }
            let transport = try testTransport()
            let sink = CollectingSink(limit: 100_000)

            let response = try transport.send(HTTPRequest(.get, server.url + "/endless"), until: Cancellation()) { _ in
                .sink(sink)
            }
            let next = try transport.send(HTTPRequest(.get, server.url + "/next"), until: Cancellation())

            #expect(response.head.status == 200)
            #expect(sink.count == 100_000)
            #expect(next.body == Array("next".utf8))
            #expect(server.requests.map(\.connection) == [1, 2])
        }
    }

    @Test("Byte by byte, chunked, with interim answers before and trailers behind")
    func strangeFraming() async throws {
        try await onThread {
            let text = """
                HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n\
                HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Last: yes\r\n\r\n\
                3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n
                """
            let server = try StubServer(.init(.dribble(Array(text.utf8))))
            let transport = try testTransport()
            let heads = Monitor(0)

            let response = try transport.send(HTTPRequest(.get, server.url), until: Cancellation()) { _ in
                heads.withLock { $0 += 1 }
                return .memory
            }

            #expect(response.body == Array("abcde".utf8))
            #expect(response.head.header("X-Last") == "yes")
            #expect(response.head.header("Link") == nil)
            #expect(response.head.header("X-Trailer") == nil)
            #expect(heads.withLock { $0 } == 1)
        }
    }

    @Test("Compression is asked for only where the caller allows it, and never for a range")
    func compression() async throws {
        try await onThread {
            let server = try StubServer(.status(200))
            let transport = try testTransport()
            var request = HTTPRequest(.get, server.url)
            request.acceptsCompression = true

            _ = try transport.send(request, until: Cancellation())
            request.headers = [HTTPHeader("Range", "bytes=0-0")]
            _ = try transport.send(request, until: Cancellation())

            #expect(server.requests[0].header("Accept-Encoding")?.contains("gzip") == true)
            #expect(server.requests[1].header("Accept-Encoding") == nil)
        }
    }

    @Test("Transfers beyond the connections to a host wait their turn, and waiting is no stall")
    func connectionLimit() async throws {
        try await onThread {
            let gate = Gate()
            let server = try StubServer { request in
                request.target == "/first"
                    ? .init(.wait(at: gate), .send(StubServer.Answer.head(200, length: 0))) : .status(200)
            }
            let transport = try testTransport {
                $0.connectionsPerHost = 1
                $0.connectTimeout = .milliseconds(500)
            }
            let second = Pending<Int, HTTPError>()

            let first = OwnedThread(name: "first") {
                _ = try? transport.send(HTTPRequest(.get, server.url + "/first"), until: Cancellation())
            }
            #expect(gate.waitForArrivals(1))
            let other = OwnedThread(name: "second") {
                let request = HTTPRequest(.get, server.url + "/second", stallLimit: .milliseconds(500))
                do throws(HTTPError) {
                    second.complete(.success(try transport.send(request, until: Cancellation()).head.status))
                } catch {
                    second.complete(.failure(error))
                }
            }
            // Real time must pass here: neither limit may strike while the connection is another's.
            let early = second.wait(until: Cancellation(deadline: .after(.seconds(1))))
            #expect(early == nil)
            gate.open()
            first?.join()
            other?.join()

            #expect(second.wait(until: Cancellation()) == .success(200))
            #expect(server.connectionCount == 1)
        }
    }

    @Test("A kept connection that died is replaced for what may be repeated, and only for that")
    func deadConnection() async throws {
        try await onThread {
            let server = try StubServer { request in
                request.target == "/dies" && request.connection == 1 ? .init(.close) : .status(200)
            }
            let transport = try testTransport()

            _ = try transport.send(HTTPRequest(.get, server.url + "/first"), until: Cancellation())
            let again = try transport.send(HTTPRequest(.put, server.url + "/dies", body: [1]), until: Cancellation())
            #expect(again.head.status == 200)
            #expect(server.requests.map(\.connection) == [1, 1, 2])

            let strict = try StubServer { $0.target == "/dies" ? .init(.close) : .status(200) }
            _ = try transport.send(HTTPRequest(.get, strict.url + "/first"), until: Cancellation())
            let code = errorCode {
                _ = try transport.send(HTTPRequest(.post, strict.url + "/dies"), until: Cancellation())
            }
            #expect(code == .reset)
            #expect(strict.requests.map(\.target) == ["/first", "/dies"])
        }
    }

    @Test("What went over the wire is counted, by host and in all")
    func statistics() async throws {
        try await onThread {
            let server = try StubServer(.status(200, text: "12345"))
            let transport = try testTransport()

            _ = try transport.send(HTTPRequest(.post, server.url, body: [1, 2, 3]), until: Cancellation())
            _ = try transport.send(HTTPRequest(.get, server.url), until: Cancellation())

            let snapshot = transport.statistics.snapshot
            let head = UInt64(StubServer.Answer.head(200, length: 5).count)
            #expect(snapshot.total.requests == 2)
            #expect(snapshot.total.failures == 0)
            #expect(snapshot.total.bytesReceived == 2 * (head + 5))
            #expect(snapshot.total.bytesSent > 3)
            #expect(snapshot.hosts == ["127.0.0.1:\(server.port)": snapshot.total])
            #expect(snapshot.connectionsOpened == 1)
            #expect(snapshot.connectionsOpen == 1)
            transport.shutDown()
            #expect(transport.statistics.snapshot.connectionsOpen == 0)
        }
    }
}
