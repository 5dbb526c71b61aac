import Crypto
import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation

/// Another user of a platform: speaks its API with a transport and decoder of its own, not through the store under test.
final class PlatformUser: Sendable {
    private let base: String
    private let transport: CurlTransport
    private let token: String

    struct Refusal: Error { let message: String }

    init(_ url: String, key: String = LocalServer.key) throws {
        base = url
        transport = try CurlTransport(TransportConfiguration())
        let request = HTTPRequest(
            .post,
            url + "/auth/login",
            headers: [HTTPHeader("Content-Type", "application/json")],
            body: Array(#"{"api_key":"\#(key)"}"#.utf8)
        )
        let answer = try transport.send(request, until: Cancellation(deadline: .after(.seconds(20))))
        guard let json = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any],
            let token = json["access_token"] as? String
        else { throw Refusal(message: "no token") }
        self.token = token
    }

    /// Sends one call.
    ///
    /// - Throws: ``Refusal`` for every status but 2xx.
    @discardableResult
    func call(_ method: HTTPRequest.Method, _ path: String, _ body: [String: Any]? = nil) throws -> [String: Any] {
        let content = try body.map { Array(try JSONSerialization.data(withJSONObject: $0)) }
        let request = HTTPRequest(
            method,
            base + path,
            headers: [HTTPHeader("Content-Type", "application/json"), HTTPHeader("Authorization", "Bearer \(token)")],
            body: content,
            bodyLimit: 1 << 30
        )
        let answer = try transport.send(request, until: Cancellation(deadline: .after(.seconds(60))))
        guard answer.head.isSuccess else {
            throw Refusal(
                message: "\(method) \(path): \(answer.head.status) \(String(decoding: answer.body, as: UTF8.self))"
            )
        }
        guard !answer.body.isEmpty else { return [:] }
        return try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] ?? [:]
    }

    static let storage = "/v0.1/data-storage"

    func makeDataset(_ name: String) throws -> String {
        guard let id = try call(.post, "\(Self.storage)/datasets", ["name": name])["id"] as? String else {
            throw Refusal(message: "a dataset without id")
        }
        return id
    }

    /// - Returns: The `data_storage` object of the answer.
    func create(_ members: [String: Any]) throws -> [String: Any] {
        let answer = try call(.post, "\(Self.storage)/data-entries", members)
        guard let entry = answer["data_storage"] as? [String: Any] else { throw Refusal(message: "no entry came") }
        return entry
    }

    /// Creates a file entry and uploads its bytes in one part or several.
    func upload(_ content: ReferenceContent, _ members: [String: Any]) throws -> String {
        var members = members
        if members["file_path"] == nil { members["file_path"] = members["name"] }
        guard let id = try create(members)["id"] as? String else { throw Refusal(message: "no id") }
        let partSize: UInt64 = 16 << 20
        let parts = stride(from: 0, to: max(content.size, 1), by: Int(partSize)).map { offset in
            content.bytes(in: ByteRange(offset: offset, count: partSize))
        }
        let hashes = parts.map { Data(Insecure.MD5.hash(data: $0)).base64EncodedString() }
        let path = "\(Self.storage)/data-entries/\(id)"
        let begun = try call(.post, "\(path)/multipart-upload/initiate", ["part_hashes": hashes])
        guard let upload = begun["upload_id"] as? String, let urls = begun["part_urls"] as? [String] else {
            throw Refusal(message: "no upload")
        }
        var sent: [[String: Any]] = []
        for (index, part) in parts.enumerated() {
            let request = HTTPRequest(
                .put,
                urls[index],
                headers: [HTTPHeader("Content-MD5", hashes[index])],
                body: part,
                isSecretURL: true
            )
            let answer = try transport.send(request, until: Cancellation(deadline: .after(.seconds(60))))
            guard answer.head.isSuccess, let etag = answer.head.header("ETag") else {
                throw Refusal(message: "part \(index): \(answer.head.status)")
            }
            sent.append(["part_number": index + 1, "etag": etag, "checksum": hashes[index]])
        }
        try call(.post, "\(path)/multipart-upload/complete", ["upload_id": upload, "parts": sent])
        try call(.patch, path, ["status": "active"])
        return id
    }

    /// Creates a text entry where the bytes are a short UTF-8 text, a file entry otherwise.
    func store(_ content: ReferenceContent, _ members: [String: Any]) throws -> String {
        guard let text = Self.text(content) else { return try upload(content, members) }
        guard let id = try create(members.merging(["content": text]) { $1 })["id"] as? String else {
            throw Refusal(message: "no id")
        }
        return id
    }

    /// Publishes a new revision of an entry.
    func replace(_ id: String, with content: ReferenceContent, dataset: String) throws {
        let path = "\(Self.storage)/data-entries/\(id)"
        guard let current = try call(.get, path)["current_revision_id"] as? String else {
            throw Refusal(message: "no revision")
        }
        var revision: [String: Any] = [
            "revision_id": UUID().uuidString.lowercased(), "base_revision_id": current, "publish": true,
        ]
        guard let text = Self.text(content) else {
            let scrap = try makeDataset("uploads")
            revision["source_entry_id"] = try upload(content, ["name": "upload", "dataset_id": scrap])
            try call(.patch, path, revision)
            return try delete(dataset: scrap)
        }
        revision["content"] = text
        try call(.patch, path, revision)
    }

    func delete(entry id: String) throws { try call(.delete, "\(Self.storage)/data-entries/\(id)") }

    func delete(dataset id: String) throws { try call(.delete, "\(Self.storage)/datasets/\(id)") }

    private static func text(_ content: ReferenceContent) -> String? {
        guard case .bytes(let bytes) = content, !bytes.isEmpty else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
