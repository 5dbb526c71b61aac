import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite(
    "Edison.Store on a platform of old",
    .serialized,
    .enabled(if: LocalServer.absence == nil, "no datasetfs-server")
)
struct EdisonResumableUploadTests {
    private static let content = ReferenceContent.pattern(seed: 9, size: 21_000_001)

    @Test("uploads by a resumable session where there are no parts", arguments: [content, .bytes([]), .bytes([1])])
    func uploads(content: ReferenceContent) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(["--no-multipart"])
            let dataset = try world.make(.directory, "set", in: .root)
            let node = try world.make(.file, "a.bin", in: dataset.location, content)
            #expect(node.size == content.size)
            #expect(try world.content(node.location) == content.allBytes)
            let now = try world.replace(node, with: .bytes([1, 2, 3]))
            #expect(try world.content(now.location) == [1, 2, 3])
        }
    }

    @Test(
        "goes on where the session broke off",
        arguments: [
            ["method": "PUT", "path": "/storage/sessions", "reset_at": 0, "skip": 1, "count": 1],
            ["method": "PUT", "path": "/storage/sessions", "reset_at": -1, "count": 2],
            ["method": "PUT", "path": "/storage/sessions", "status": 503, "count": 2],
            ["method": "POST", "path": "/storage/uploads", "reset_at": 0, "count": 1],
            ["method": "PUT", "path": "/storage/sessions", "status": 410, "skip": 1, "count": 1],
        ] as [[String: any Sendable]]
    )
    func breaks(fault: [String: any Sendable]) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(["--no-multipart"])
            let dataset = try world.make(.directory, "set", in: .root)
            try world.fault(fault)
            let node = try world.make(.file, "a.bin", in: dataset.location, Self.content)
            #expect(try world.content(node.location) == Self.content.allBytes)
            #expect(try world.entries(of: dataset).count == 1)
        }
    }

    @Test("goes on with the session of a process that died")
    func crash() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(["--no-multipart"])
            let dataset = try world.make(.directory, "set", in: .root)
            try world.fault(["method": "PUT", "path": "/storage/sessions", "status": 507, "skip": 1])
            let first = TestLedger()
            #expect(throws: StoreError.self) {
                _ = try world.make(.file, "a.bin", in: dataset.location, Self.content, ledger: first)
            }
            try world.user.call(.delete, "/admin/faults")
            let next = try world.anotherStore()
            let ledger = TestLedger(lastNote: first.lastNote)
            let node = try next.create(
                Creation(.file, named: "a.bin", in: dataset.location),
                content: Self.content,
                ledger: ledger,
                until: world.patience
            )
            #expect(try world.content(node.location, in: next) == Self.content.allBytes)
            #expect(ledger.progressTold.first == 8 << 20)
            #expect(try world.entries(of: dataset).count == 1)
        }
    }
}
