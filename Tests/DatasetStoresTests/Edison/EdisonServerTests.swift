import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite("Edison.Store on a local platform", .enabled(if: LocalServer.absence == nil, "no datasetfs-server"))
struct EdisonServerTests {
    private func store(_ server: LocalServer, _ change: (inout Edison.Options) -> Void = { _ in }) throws
        -> Edison.Store
    {
        var options = Edison.Options()
        options.baseURL = server.url
        change(&options)
        let transport = RetryingTransport(try CurlTransport(TransportConfiguration()))
        return try Edison.Store(
            options: options,
            credentials: .apiKey(Edison.Secret(LocalServer.key)),
            transport: transport
        )
    }

    private var patience: Cancellation { Cancellation(deadline: .after(.seconds(60))) }

    @Test("reads on while URLs and tokens end every second or so")
    func expiry() async throws {
        try await onThread { () throws(any Error) in
            let server = try LocalServer(["--signed-url-lifetime", "1", "--token-lifetime", "1"])
            let user = try PlatformUser(server.url)
            // Planted, not uploaded: this user's own token and upload URLs end as soon.
            let size = 3 << 20
            let planted = try user.call(
                .post,
                "/admin/object",
                ["name": "big.bin", "dataset": "set", "size": size, "pattern": "counter", "user": LocalServer.user]
            )
            let id = try #require((planted["data_storage"] as? [String: Any])?["id"] as? String)
            let words = (0..<UInt64(size / 8)).map(\.littleEndian)
            let content = ReferenceContent.bytes(unsafe words.withUnsafeBytes { unsafe Array($0) })
            let store = try store(server)
            let node = try store.node(at: Location("entry/\(id)"), until: patience)
            #expect(node.size == content.size)
            // Slow enough that the first URL and token have ended before the last part is asked for.
            try user.call(.post, "/admin/faults", ["path": "/storage", "first_byte_ms": 300])

            for part in 0..<6 {
                let range = ByteRange(offset: UInt64(part) << 19, count: 1 << 19)
                let sink = VerifyingSink(content, from: range.offset)
                try store.read(range, of: node, into: sink, until: patience)
                #expect(sink.mismatch == nil)
                #expect(sink.offset == range.end)
            }
        }
    }

    @Test("resumes a read that the object store resets or cuts short, at any byte")
    func brokenReads() async throws {
        try await onThread { () throws(any Error) in
            let server = try LocalServer()
            let user = try PlatformUser(server.url)
            let content = ReferenceContent.pattern(seed: 4, size: 12 << 20)
            let dataset = try user.makeDataset("set")
            let id = try user.upload(content, ["name": "big.bin", "dataset_id": dataset])
            let store = try store(server)
            let node = try store.node(at: Location("entry/\(id)"), until: patience)
            let path = try #require(try user.objectPath(of: id))

            for fault in ["reset_at", "truncate_at"] {
                try user.call(.post, "/admin/faults", ["path": path, "count": 4, fault: 2_000_003])
                let sink = VerifyingSink(content)
                try store.read(content.wholeRange, of: node, into: sink, until: patience)
                #expect(sink.mismatch == nil, "\(fault)")
                #expect(sink.offset == content.size, "\(fault)")
            }
        }
    }

    @Test("never passes on a small object whose bytes were damaged on the way")
    func damagedReads() async throws {
        try await onThread { () throws(any Error) in
            let server = try LocalServer()
            let user = try PlatformUser(server.url)
            let content = ReferenceContent.pattern(seed: 5, size: 300_000)
            let dataset = try user.makeDataset("set")
            let id = try user.upload(content, ["name": "a.bin", "dataset_id": dataset])
            let store = try store(server)
            let node = try store.node(at: Location("entry/\(id)"), until: patience)
            let path = try #require(try user.objectPath(of: id))
            try user.call(.post, "/admin/faults", ["path": path, "corrupt_at": 1234])
            let sink = RecordingSink()

            let code = code { try store.read(content.wholeRange, of: node, into: sink, until: patience) }

            #expect(code == .corrupt)
            #expect(sink.count == 0)
            #expect(node.attributes.digests.md5 != nil || node.attributes.digests.crc32c != nil || node.size == 300_000)
        }
    }

    @Test("finds more than the search window shows, and its own alone")
    func manyDatasets() async throws {
        try await onThread { () throws(any Error) in
            let server = try LocalServer(["--search-window", "1000"])
            let user = try PlatformUser(server.url)
            for name in ["one", "two", "three"] {
                try user.call(
                    .post,
                    "/admin/bulk",
                    ["dataset": name, "count": 900, "size": 3, "kind": "text", "user": LocalServer.user]
                )
            }
            let other = try PlatformUser(server.url, key: "other-key")
            let theirs = try other.makeDataset("theirs")
            _ = try other.create(["name": "x", "content": "x", "dataset_id": theirs])
            let store = try store(server) { $0.searchWindow = 1000 }

            let names = try store.children(of: .root, after: nil, until: patience).nodes.map(\.name)

            #expect(Set(names) == ["one", "two", "three"])
            #expect(names.count == 3)
            #expect(code { _ = try store.node(at: Location("dataset/\(theirs)"), until: patience) } == .notFound)
        }
    }

    @Test("shows registered buckets, tables and rows")
    func registrations() async throws {
        try await onThread { () throws(any Error) in
            let server = try LocalServer()
            let user = try PlatformUser(server.url)
            let dataset = try user.makeDataset("set")
            try user.call(
                .post,
                "/admin/entries",
                [
                    "name": "many", "dataset": dataset, "is_collection": true, "user": LocalServer.user,
                    "locations": [
                        ["storage_type": "gcs", "pattern": "zeros", "size": 10, "location": "runs/a/x.csv"],
                        ["storage_type": "gcs", "pattern": "zeros", "size": 20, "location": "runs/b/x.csv"],
                    ],
                ]
            )
            try user.call(.post, "/admin/trajectories", ["id": "row-1", "data": ["answer": 42]])
            _ = try user.create([
                "name": "row", "dataset_id": dataset,
                "existing_location": [
                    "storage_type": "pg_table", "content_type": "text",
                    "metadata": ["table_name": "trajectories", "row_id": "row-1"],
                ],
            ])
            _ = try user.create([
                "name": "table", "dataset_id": dataset,
                "existing_location": [
                    "storage_type": "bigquery", "content_type": "bq_table",
                    "metadata": ["project_id": "p", "dataset_id": "d", "table_id": "t", "api_key": "SECRET"],
                ],
            ])
            let store = try store(server)

            let nodes = try store.children(of: Location("dataset/\(dataset)"), after: nil, until: patience).nodes
            let whole = try nodes.map { try store.node(at: $0.location, until: patience) }

            #expect(Set(whole.map(\.name)) == ["many", "row", "table.bigquery.json"])
            #expect(Set(nodes.map(\.name)).contains("table.bigquery.json"))
            let row = try #require(whole.first { $0.name == "row" })
            #expect(String(decoding: row.inlineContent ?? [], as: UTF8.self).contains("42"))
            let table = try #require(whole.first { $0.name == "table.bigquery.json" })
            #expect(!String(decoding: table.inlineContent ?? [], as: UTF8.self).contains("SECRET"))
            let many = try #require(whole.first { $0.name == "many" })
            let objects = try store.children(of: many.location, after: nil, until: patience).nodes
            #expect(Set(objects.map(\.name)) == ["a/x.csv", "b/x.csv"])
            let sizes = try objects.map { try store.node(at: $0.location, until: patience).size }
            #expect(Set(sizes) == [10, 20])
        }
    }

    @Test("says that a wrong key is wrong")
    func wrongKey() async throws {
        try await onThread { () throws(any Error) in
            let server = try LocalServer()
            var options = Edison.Options()
            options.baseURL = server.url
            let store = try Edison.Store(
                options: options,
                credentials: .apiKey(Edison.Secret("no-such-key")),
                transport: try CurlTransport(TransportConfiguration())
            )
            #expect(code { _ = try store.children(of: .root, after: nil, until: patience) } == .unauthenticated)
        }
    }
}

extension PlatformUser {
    /// Path of an entry's signed URL, without its query.
    func objectPath(of id: String) throws -> String? {
        let answer = try call(.get, "\(Self.storage)/data-entries/\(id)")
        let locations = answer["storage_locations"] as? [[String: Any]]
        let configuration = locations?.first?["storage_config"] as? [String: Any]
        guard let url = configuration?["signed_url"] as? String, let query = url.firstIndex(of: "?") else { return nil }
        let slashes = url[..<query].split(separator: "/", maxSplits: 2)
        return slashes.count == 3 ? "/" + String(slashes[2]) : nil
    }
}
