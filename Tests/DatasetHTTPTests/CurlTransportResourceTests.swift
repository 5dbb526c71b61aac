import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

/// In processes of their own: the descriptors that other tests open at the same time would be counted too.
@Suite("CurlTransport: descriptors") struct CurlTransportResourceTests {
    static func openDescriptors() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    }

    @Test("Three hundred cancelled transfers leave no connection and no descriptor behind")
    func cancelledTransfers() async {
        await #expect(processExitsWith: .success) {
            try await onThread {
                let before = try CurlTransportResourceTests.openDescriptors()
                do {
                    let gate = Gate()
                    let server = try StubServer(
                        .init(.send(StubServer.Answer.head(200, length: 10) + [1]), .wait(at: gate), .close)
                    )
                    let transport = try testTransport()
                    for round in 0..<30 {
                        let cancellation = Cancellation()
                        let threads = (0..<10).map { _ in
                            OwnedThread(name: "caller") {
                                let request = HTTPRequest(.get, server.url)
                                _ = try? transport.send(request, until: cancellation) { _ in .sink(RecordingSink()) }
                            }
                        }
                        try #require(gate.waitForArrivals((round + 1) * 10))
                        cancellation.cancel()
                        for thread in threads { thread?.join() }
                        try #require(transport.statistics.snapshot.connectionsOpen == 0)
                    }
                    try #require(transport.statistics.snapshot.total.failures == 300)
                    transport.shutDown()
                    gate.open()
                    try #require(server.waitForDisconnection())
                    server.stop()
                }
                let after = try CurlTransportResourceTests.openDescriptors()
                // Fewer is no leak: the test runner closes what it opened at its start when it gets to it.
                guard after <= before else { throw HTTPError(.local, "descriptors: \(before) before, \(after) after") }
            }
        }
    }

    @Test("No descriptor left for a socket is this machine's fault, and passes")
    func noDescriptors() async {
        await #expect(processExitsWith: .success) {
            try await onThread {
                let server = try StubServer(.status(200))
                let transport = try testTransport()
                var hoard: [FileHandle] = []
                while let handle = FileHandle(forReadingAtPath: "/dev/null") { hoard.append(handle) }

                let code = errorCode { _ = try transport.send(HTTPRequest(.get, server.url), until: Cancellation()) }
                hoard = []
                let response = try transport.send(HTTPRequest(.get, server.url), until: Cancellation())

                guard code == .local, response.head.status == 200 else { throw HTTPError(.local, "\(code as Any)") }
            }
        }
    }
}
