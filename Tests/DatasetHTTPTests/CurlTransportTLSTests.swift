import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@Suite("CurlTransport: TLS") struct CurlTransportTLSTests {
    /// `openssl s_server` with a certificate of its own for `localhost`; it ends with this object.
    private struct Server {
        let url: String
        let certificate: String
        let process: RunningProcess

        init(in directory: TemporaryDirectory, redirectingTo target: String = "") throws {
            certificate = directory.file("cert.pem")
            let key = directory.file("key.pem")
            let request = try RunningProcess(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
                    certificate,
                ]
            )
            _ = try request.wait()
            // With -HTTP, a file is a whole answer, head and all: see `man 1 openssl-s_server`.
            try Self.write("HTTP/1.0 200 OK\r\n\r\nhello", to: directory.file("ok"))
            try Self.write("HTTP/1.0 302 Found\r\nLocation: \(target)/\r\n\r\n", to: directory.file("moved"))
            process = try RunningProcess(
                "openssl",
                ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-HTTP"],
                workingDirectory: directory.path
            )
            let ports = Monitor<Substring?>(nil)
            let hasBegun = process.waitForOutput { output, _ in
                // Says "ACCEPT 127.0.0.1:35123" once it listens.
                guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("ACCEPT ") }) else {
                    return false
                }
                ports.withLock { $0 = line.split(separator: ":").last }
                return true
            }
            try #require(hasBegun)
            url = "https://localhost:\(try #require(ports.withLock { $0 }))/"
        }

        private static func write(_ text: String, to path: String) throws {
            try text.write(toFile: path, atomically: false, encoding: .utf8)
        }
    }

    @Test("A certificate that nobody vouches for is untrusted, one that we were told to believe is not")
    func selfSigned() async throws {
        try await onThread {
            try withTemporaryDirectory { directory in
                let server = try Server(in: directory)
                let strict = try testTransport()
                let believing = try testTransport { $0.trust = TrustAnchors(file: server.certificate, directory: nil) }

                let code = errorCode {
                    _ = try strict.send(HTTPRequest(.get, server.url + "ok"), until: Cancellation())
                }
                let response = try believing.send(HTTPRequest(.get, server.url + "ok"), until: Cancellation())

                #expect(code == .untrusted)
                #expect(response.head.status == 200)
                #expect(response.body == Array("hello".utf8))
                server.process.terminate()
            }
        }
    }

    @Test("A certificate for another name is untrusted")
    func wrongName() async throws {
        try await onThread {
            try withTemporaryDirectory { directory in
                let server = try Server(in: directory)
                let transport = try testTransport { $0.trust = TrustAnchors(file: server.certificate, directory: nil) }
                let url = server.url.replacing("localhost", with: "127.0.0.1") + "ok"

                let code = errorCode { _ = try transport.send(HTTPRequest(.get, url), until: Cancellation()) }

                #expect(code == .untrusted)
                server.process.terminate()
            }
        }
    }

    @Test("A redirection out of TLS is not followed")
    func downgrade() async throws {
        try await onThread {
            try withTemporaryDirectory { directory in
                let plain = try StubServer(.status(200))
                let server = try Server(in: directory, redirectingTo: plain.url)
                let transport = try testTransport { $0.trust = TrustAnchors(file: server.certificate, directory: nil) }

                let code = errorCode {
                    _ = try transport.send(HTTPRequest(.get, server.url + "moved"), until: Cancellation())
                }

                #expect(code == .untrusted)
                #expect(plain.connectionCount == 0)
                server.process.terminate()
            }
        }
    }
}
