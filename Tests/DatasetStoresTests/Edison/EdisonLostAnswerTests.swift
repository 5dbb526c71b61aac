import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetStores

/// Over real connections that break, to a platform that did what it was asked and could not say so.
@Suite(
    "Edison.Store without the platform's answer",
    .serialized,
    .enabled(if: LocalServer.absence == nil, "no datasetfs-server")
)
struct EdisonLostAnswerTests {
    private static let content = ReferenceContent.pattern(seed: 8, size: 300_000)

    struct Loss: Sendable, CustomTestStringConvertible {
        let method: String
        let path: String
        var testDescription: String { "\(method) \(path)" }
    }

    @Test(
        "makes one file of it",
        arguments: [
            Loss(method: "POST", path: "data-entries$"), Loss(method: "POST", path: "initiate$"),
            Loss(method: "PUT", path: "/storage/parts/"), Loss(method: "POST", path: "complete$"),
            Loss(method: "PATCH", path: "data-entries/"),
        ],
        [[], ["--no-metadata"]]
    )
    func files(loss: Loss, options: [String]) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(options)
            let dataset = try world.make(.directory, "set", in: .root)
            try world.fault(["method": loss.method, "path": loss.path, "reset_at": 0, "count": 1])
            let node = try world.make(.file, "a.bin", in: dataset.location, Self.content)
            #expect(try world.content(node.location) == Self.content.allBytes)
            #expect(try world.entries(of: dataset).count == 1)
        }
    }

    @Test("makes one text, directory, link and dataset of it", arguments: [[], ["--no-metadata"]])
    func others(options: [String]) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(options)
            try world.fault(["method": "POST", "path": "datasets$", "reset_at": 0, "count": 1])
            let dataset = try world.make(.directory, "set", in: .root)
            for (kind, content) in [
                (Creation.Kind.file, ReferenceContent.text("text")), (.directory, nil),
                (.link(target: "https://x.org/"), nil),
            ] {
                try world.fault(["method": "POST", "path": "data-entries$", "reset_at": 0, "count": 1])
                _ = try world.make(kind, "a.txt", in: dataset.location, content)
            }
            #expect(try world.entries(of: dataset).count == 3)
            #expect(try world.names(.root) == ["set"])
        }
    }

    @Test("publishes one revision of it and removes what is removed already")
    func changes() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            var node = try world.make(.file, "a.txt", in: dataset.location, .text("one"))
            for content in [ReferenceContent.text("two"), Self.content] {
                let isText = content.size < 100
                try world.fault(["method": "PATCH", "path": "", "reset_at": 0, "count": 1, "skip": isText ? 0 : 1])
                node = try world.replace(node, with: content)
                #expect(try world.content(node.location) == content.allBytes)
            }
            let path = "\(PlatformUser.storage)/data-entries/\(node.attributes.id ?? "")/revisions"
            #expect((try world.user.call(.get, path)["revisions"] as? [Any])?.count == 3)
            try world.fault(["method": "DELETE", "path": "", "reset_at": 0, "count": 1])
            try world.remove(node)
            #expect(try world.names(dataset.location) == [])
        }
    }

    @Test("repeats a part that the object store refuses for a while")
    func busyObjectStore() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            try world.fault(["path": "/storage/parts/", "status": 503, "count": 4])
            let node = try world.make(.file, "a.bin", in: dataset.location, Self.content)
            #expect(try world.content(node.location) == Self.content.allBytes)
        }
    }

    @Test("begins an upload anew on the same entry when the URLs of its parts have ended")
    func expiredURLs() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(["--signed-url-lifetime", "2"])
            let dataset = try world.make(.directory, "set", in: .root)
            try world.fault(["path": "/storage/parts/.*/2$", "delay_ms": 2500, "count": 1])
            let ledger = TestLedger()
            let content = ReferenceContent.pattern(seed: 8, size: 11_000_000)
            let node = try world.make(.file, "a.bin", in: dataset.location, content, ledger: ledger)
            #expect(node.size == content.size)
            #expect(try world.entries(of: dataset).count == 1)
            #expect(Set(ledger.notes.compactMap { Edison.UploadNote($0)?.multipart?.id }).count == 2)
        }
    }

    @Test(
        "says why it gives up, and keeps what is needed to go on",
        arguments: [
            ("POST", "data-entries$", 403, .forbidden), ("POST", "data-entries$", 422, .invalid),
            ("POST", "initiate$", 507, .quotaExceeded), ("PUT", "/storage/parts", 413, .tooLarge),
            ("PUT", "/storage/parts", 403, .forbidden), ("PATCH", "data-entries", 403, .forbidden),
        ] as [(String, String, Int, StoreError.Code)]
    )
    func refusals(method: String, path: String, status: Int, expected: StoreError.Code) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            try world.fault(["method": method, "path": path, "status": status])
            let ledger = TestLedger()
            let refused = code {
                _ = try world.make(.file, "a.bin", in: dataset.location, Self.content, ledger: ledger)
            }
            #expect(refused == expected)
            try world.user.call(.delete, "/admin/faults")
            let node = try world.make(.file, "a.bin", in: dataset.location, Self.content, ledger: ledger)
            #expect(try world.content(node.location) == Self.content.allBytes)
            #expect(try world.entries(of: dataset).count == 1)
        }
    }

    @Test("stores as a file what the platform does not take as a text", arguments: [413, 422])
    func refusedText(status: Int) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            try world.fault(["method": "POST", "path": "data-entries$", "status": status, "count": 1])
            let node = try world.make(.file, "a.txt", in: dataset.location, .text("text"))
            #expect(node.attributes.storageType == "gcs")
            #expect(try world.content(node.location) == Array("text".utf8))
            try world.fault(["method": "PATCH", "path": "", "status": status, "count": 1])
            let now = try world.replace(node, with: .text("more text"))
            #expect(now.attributes.storageType == "gcs")
            #expect(try world.content(node.location) == Array("more text".utf8))
        }
    }
}
