import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetStores

/// Over real connections, to a platform that does not recover before the deadline.
@Suite("Edison.Store on a failing local platform", .enabled(if: LocalServer.absence == nil, "no datasetfs-server"))
struct EdisonServerFailureTests {
    struct Fault: Sendable {
        let member: String
        let value: Int
        let code: StoreError.Code
        let status: Int?
    }

    private static func store(_ url: String) throws -> Edison.Store {
        var options = Edison.Options()
        options.baseURL = url
        return try Edison.Store(
            options: options,
            credentials: .apiKey(Edison.Secret(LocalServer.key)),
            transport: RetryingTransport(try CurlTransport(TransportConfiguration()))
        )
    }

    private static func failure(_ body: () throws(StoreError) -> Void) -> StoreError? {
        do throws(StoreError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "names the cause of a read that failed until its deadline",
        arguments: [
            Fault(member: "status", value: 500, code: .serverFailure, status: 500),
            Fault(member: "status", value: 503, code: .serverFailure, status: 503),
            Fault(member: "status", value: 429, code: .throttled, status: 429),
            Fault(member: "reset_at", value: -1, code: .reset, status: nil),
            Fault(member: "reset_at", value: 1000, code: .reset, status: nil),
            Fault(member: "truncate_at", value: 1000, code: .reset, status: nil),
            Fault(member: "first_byte_ms", value: 60_000, code: .timedOut, status: nil),
        ]
    )
    func reads(fault: Fault) async throws {
        try await onThread { () throws(any Error) in
            let server = try LocalServer()
            let user = try PlatformUser(server.url)
            let content = ReferenceContent.pattern(seed: 6, size: 3_000_000)
            let dataset = try user.makeDataset("set")
            let id = try user.upload(content, ["name": "a.bin", "dataset_id": dataset])
            let store = try Self.store(server.url)
            let long = Cancellation(deadline: .after(.seconds(60)))
            let node = try store.node(at: Location("entry/\(id)"), until: long)
            let path = try #require(try user.objectPath(of: id))
            try user.call(.post, "/admin/faults", ["path": path, fault.member: fault.value])
            let short = Cancellation(deadline: .after(.milliseconds(1200)))

            let error = Self.failure { () throws(StoreError) in
                try store.read(content.wholeRange, of: node, into: CollectingSink(), until: short)
            }

            #expect(error?.code == fault.code, "\(fault): \(String(describing: error))")
            #expect(error?.httpStatus == fault.status)
        }
    }

    @Test("takes no more than some seconds to find that nobody listens, whatever the deadline")
    func nobodyThere() async throws {
        try await onThread { () throws(any Error) in
            let url: String
            do {
                let server = try LocalServer()
                url = server.url
            }
            let store = try Self.store(url)
            let began = ContinuousClock.now

            let error = Self.failure { () throws(StoreError) in
                _ = try store.child(
                    named: "unknown name",
                    of: .root,
                    until: Cancellation(deadline: .after(.seconds(60)))
                )
            }

            #expect(error?.code == .unreachable || error?.code == .reset)
            #expect(ContinuousClock.now - began < .seconds(8))
        }
    }
}
