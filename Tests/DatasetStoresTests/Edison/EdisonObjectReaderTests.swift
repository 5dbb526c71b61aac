import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetStores

@Suite("Edison.ObjectReader") struct EdisonObjectReaderTests: ObjectReading {
    @Test("asks the object alone, with the range and without the token, and keeps using one URL")
    func wire() throws {
        let object = ScriptedObject(Self.content)
        let (store, transport) = try object.store()
        let node = try node(store)
        #expect(node.size == 30_000)

        #expect(try read(store, node, ByteRange(offset: 100, count: 50)) == Array(Self.content[100..<150]))
        #expect(try read(store, node, ByteRange(offset: 29_999, count: 1)) == [Self.content[29_999]])

        let objects = transport.requests.filter { $0.url.hasPrefix(ScriptedObject.objectHost) }
        #expect(objects.map { $0.header("Range") } == ["bytes=0-0", "bytes=100-149", "bytes=29999-29999"])
        #expect(objects.allSatisfy { $0.header("Authorization") == nil && $0.isSecretURL && $0.method == .get })
        #expect(transport.requests.count == 5)
    }

    @Test("trusts a declared size and reads without a probe")
    func declaredSize() throws {
        let object = ScriptedObject(Self.content)
        object.state.withLock { $0.declaredSize = 30_000 }
        let (store, transport) = try object.store()

        let node = try node(store)

        #expect(node.size == 30_000)
        #expect(transport.requests.count == 2)
        #expect(try read(store, node) == Self.content)
        #expect(transport.requests.count == 3)
    }

    @Test(
        "replaces a URL that ends in the midst of a read, and goes on at the same byte",
        arguments: [400, 401, 403, 404]
    )
    func expiry(status: Int) throws {
        let object = ScriptedObject(Self.content)
        let (store, transport) = try object.store()
        let node = try node(store)
        object.state.withLock { state in
            state.faults = [
                { _, ordinary in
                    var answer = ordinary
                    answer.breaksAfter = 12_345
                    return answer
                },
                { _, _ in Answer(status: status, body: Array("<Error>expired</Error>".utf8)) },
            ]
        }
        transport.forget()

        #expect(try read(store, node) == Self.content)

        #expect(
            transport.requests.map { $0.header("Range") ?? "entry" } == [
                "bytes=0-29999", "bytes=12345-29999", "entry", "bytes=12345-29999",
            ]
        )
        #expect(transport.lines[2] == "GET /v0.1/data-storage/data-entries/e1?revision_id=r1")
    }

    @Test("takes the refusal of a fresh URL as final", arguments: [(403, StoreError.Code.forbidden), (404, .corrupt)])
    func refused(status: Int, expected: StoreError.Code) throws {
        let object = ScriptedObject(Self.content)
        let (store, transport) = try object.store()
        let node = try node(store)
        let refuse: @Sendable (HTTPRequest, Answer) -> Answer = { _, _ in Answer(status: status) }
        object.state.withLock { $0.faults = Array(repeating: refuse, count: 10) }
        transport.forget()

        do {
            _ = try read(store, node)
            #expect(Bool(false))
        } catch {
            let error = try #require(error as? StoreError)
            #expect(error.code == expected)
            #expect(!"\(error)".contains("SECRET"))
        }
        #expect(transport.requests.count == 3)
    }

    @Test("resumes a connection that breaks again and again, as long as bytes come")
    func breaks() throws {
        let object = ScriptedObject(Self.content)
        let (store, transport) = try object.store()
        let node = try node(store)
        let part: @Sendable (HTTPRequest, Answer) -> Answer = { _, ordinary in
            var answer = ordinary
            answer.breaksAfter = 1000
            return answer
        }
        object.state.withLock { $0.faults = Array(repeating: part, count: 25) }

        #expect(try read(store, node) == Self.content)
        #expect(transport.requests.count { $0.url.hasPrefix(ScriptedObject.objectHost) } == 27)

        let nothing: @Sendable (HTTPRequest, Answer) -> Answer = { _, _ in .failing(.reset) }
        object.state.withLock { $0.faults = Array(repeating: nothing, count: 25) }
        #expect(code { _ = try read(store, node) } == .reset)
    }

    @Test("bears a store that ignores ranges, for small skips alone")
    func ignoredRange() throws {
        let object = ScriptedObject(SeededBytes.of(2 << 20))
        let whole: @Sendable (HTTPRequest, Answer) -> Answer = {
            [content = object.state.withLock { $0.content }] _, _ in
            Answer(headers: [("ETag", "\"v1\"")], body: content)
        }
        object.state.withLock { $0.faults = Array(repeating: whole, count: 9) }
        let (store, _) = try object.store()
        let node = try node(store)
        #expect(node.size == 2 << 20)
        let content = object.state.withLock { $0.content }

        #expect(try read(store, node, ByteRange(offset: 1000, count: 500)) == Array(content[1000..<1500]))
        #expect(try read(store, node, ByteRange(offset: 0, count: 10)) == Array(content[0..<10]))
        #expect(code { _ = try read(store, node, ByteRange(offset: 1_500_000, count: 5)) } == .corrupt)
    }

    @Test("refuses answers that are not the part asked for")
    func wrongAnswers() throws {
        let answers: [(String, @Sendable (HTTPRequest, Answer) -> Answer)] = [
            ("another part", { _, answer in answer.with("Content-Range", "bytes 1-30000/30001") }),
            ("no range", { _, answer in answer.with("Content-Range", nil) }),
            ("unknown total", { _, answer in answer.with("Content-Range", "bytes 0-29999/*") }),
            ("multipart", { _, answer in answer.with("Content-Type", "multipart/byteranges; boundary=x") }),
            ("encoded", { _, answer in answer.with("Content-Encoding", "gzip") }),
            ("redirected", { _, _ in Answer(status: 302) }),
            ("beyond its own end", { _, _ in Answer(status: 416, headers: [("Content-Range", "bytes */30000")]) }),
        ]
        for (name, fault) in answers {
            let object = ScriptedObject(Self.content)
            let (store, _) = try object.store()
            let node = try node(store)
            object.state.withLock { $0.faults = Array(repeating: fault, count: 5) }
            let sink = CollectingSink()

            let code = code {
                try store.read(ByteRange(offset: 0, count: 30_000), of: node, into: sink, until: Cancellation())
            }

            #expect(code == .corrupt || code == .versionGone, "\(name): \(String(describing: code))")
            #expect(sink.count == 0, "\(name)")
        }
    }

    @Test("takes no more bytes than it asked for, and asks again for what is missing")
    func lengths() throws {
        let object = ScriptedObject(Self.content)
        let (store, _) = try object.store()
        let node = try node(store)
        object.state.withLock { state in
            state.faults = [
                { _, ordinary in
                    var answer = ordinary
                    answer.body += [9, 9, 9]
                    return answer
                }
            ]
        }
        #expect(try read(store, node, ByteRange(offset: 10, count: 2000)) == Array(Self.content[10..<2010]))

        object.state.withLock { state in
            state.faults = [
                { _, ordinary in
                    var answer = ordinary
                    answer.body.removeLast(700)
                    return answer
                }
            ]
        }
        #expect(try read(store, node, ByteRange(offset: 10, count: 2000)) == Array(Self.content[10..<2010]))
    }

    @Test("knows an empty object by its 416 and reads nothing from it")
    func emptyObject() throws {
        let object = ScriptedObject([])
        let (store, transport) = try object.store()

        let node = try node(store)

        #expect(node.size == 0)
        transport.forget()
        #expect(try read(store, node) == [])
        #expect(transport.requests.isEmpty)
    }

    @Test("asks for a fresh URL before the old one ends")
    func refreshAhead() throws {
        let time = ManualTime()
        let object = ScriptedObject(Self.content)
        let (store, transport) = try object.store(time: time)
        let node = try node(store)
        let part = ByteRange(offset: 5, count: 5)

        for (seconds, mints) in [(0, 1), (860, 1), (20, 2), (10, 2)] {
            time.advance(by: .seconds(seconds))
            _ = try read(store, node, part)
            #expect(object.state.withLock { $0.minted } == mints, "after \(seconds)")
        }
        #expect(transport.requests.last?.url.contains("SECRET2") == true)
    }

    @Test("gives up when asked to, between two attempts as well")
    func cancelled() throws {
        let object = ScriptedObject(Self.content)
        let (store, _) = try object.store()
        let node = try node(store)
        let cancellation = Cancellation()
        object.state.withLock { state in
            state.faults = [
                { _, ordinary in
                    cancellation.cancel()
                    var answer = ordinary
                    answer.breaksAfter = 10
                    return answer
                }
            ]
        }
        let code = code {
            try store.read(ByteRange(offset: 1, count: 900), of: node, into: CollectingSink(), until: cancellation)
        }
        #expect(code == .interrupted)
    }

    @Test("ends quietly when the sink has enough")
    func enough() throws {
        let object = ScriptedObject(Self.content)
        let (store, transport) = try object.store()
        let node = try node(store)
        transport.forget()
        let sink = CollectingSink(limit: 1500)

        try store.read(ByteRange(offset: 1, count: 20_000), of: node, into: sink, until: Cancellation())

        #expect(sink.bytes == Array(Self.content[1..<1501]))
        #expect(transport.requests.count == 1)
    }
}
