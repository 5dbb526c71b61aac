import Foundation
import Hummingbird
import Logging

@testable import LocalPlatform

/// A platform on a directory of its own, asked without a socket; the directory goes when the fixture does.
final class PlatformFixture: Sendable {
    let root: String
    let platform: Platform
    private let responder: any HTTPResponder<PlatformContext>
    private let ownsRoot: Bool

    init(_ adjust: (inout ServerSettings) -> Void = { _ in }, reopening previous: PlatformFixture? = nil) throws {
        root = previous?.root ?? NSTemporaryDirectory() + "platform-" + UUID().uuidString
        ownsRoot = previous == nil
        var settings = ServerSettings(root: root, publicURL: "http://platform.test")
        settings.apiKeys = ["key-a": "alice", "key-b": "bob"]
        settings.defaultUser = "alice"
        settings.admin = true
        adjust(&settings)
        platform = try Platform(settings)
        responder = platform.router().buildResponder()
    }

    deinit {
        if ownsRoot { try? FileManager.default.removeItem(atPath: root) }
    }

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]

        var json: JSONValue { JSONValue.parse(body) ?? .null }

        func header(_ name: String) -> String? {
            HeaderName(name).flatMap { headers[$0] }
        }
    }

    /// Sends one request and takes the whole answer.
    func send(
        _ method: HTTPRequest.Method,
        _ target: String,
        as user: String? = "alice",
        headers: [String: String] = [:],
        body: [UInt8] = []
    ) async throws -> Answer {
        let path = target.hasPrefix("http://platform.test") ? String(target.dropFirst(20)) : target
        var fields = HTTPFields()
        if let user { fields[.authorization] = "Bearer " + platform.tokens.token(for: user) }
        for (name, value) in headers {
            if let name = HeaderName(name) { fields[name] = value }
        }
        let request = Request(
            head: HTTPRequest(
                method: method,
                scheme: "http",
                authority: "platform.test",
                path: path,
                headerFields: fields
            ),
            body: RequestBody(buffer: ByteBuffer(bytes: body))
        )
        let context = PlatformContext(logger: Logger(label: "test"))
        let response = try await responder.respond(to: request, context: context)
        let collector = Collector()
        try await response.body.write(collector)
        return Answer(status: response.status.code, headers: response.headers, body: collector.bytes)
    }

    func send(
        _ method: HTTPRequest.Method,
        _ target: String,
        as user: String? = "alice",
        json: JSONValue
    ) async throws -> Answer {
        try await send(method, target, as: user, body: json.serialized)
    }

    static let data = "/v0.1/data-storage"
    static let entries = data + "/data-entries"

    /// Makes an entry and returns the whole answer.
    func create(_ body: JSONValue, as user: String = "alice") async throws -> JSONValue {
        try await send(.post, Self.entries, as: user, json: body).json
    }
}

/// Keeps what is written to it.
final class Collector: ResponseBodyWriter {
    private(set) var bytes: [UInt8] = []

    func write(_ buffer: ByteBuffer) async throws {
        bytes.append(contentsOf: buffer.readableBytesView)
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

extension JSONValue {
    var entryID: String { self["data_storage"]?["id"]?.stringValue ?? "" }

    var signedURL: String {
        self["storage_locations"]?.arrayValue?.first?["storage_config"]?["signed_url"]?.stringValue ?? ""
    }
}
