import Crypto
import Foundation
import Hummingbird
import Testing

@testable import LocalPlatform

@Suite("Object store")
struct StorageRoutesTests {
    private let fixture: PlatformFixture

    init() throws {
        fixture = try PlatformFixture()
    }

    private func md5(_ bytes: [UInt8]) -> String {
        Base64.string(Insecure.MD5.hash(data: bytes))
    }

    /// Uploads `parts` the way the current client does, up to but without the completion.
    private func upload(_ parts: [[UInt8]]) async throws -> (entry: String, completion: JSONValue) {
        let entry = try await fixture.create(["name": "f", "file_path": "d/f.bin"]).entryID
        let base = PlatformFixture.entries + "/\(entry)/multipart-upload"
        let hashes = JSONValue.array(parts.map { .string(md5($0)) })
        let begun = try await fixture.send(.post, base + "/initiate", json: ["part_hashes": hashes]).json
        var claims: [JSONValue] = []
        for (index, part) in parts.enumerated() {
            let url = begun["part_urls"]?.arrayValue?[index].stringValue ?? ""
            let answer = try await fixture.send(.put, url, as: nil, headers: ["Content-MD5": md5(part)], body: part)
            #expect(answer.status == 200)
            claims.append([
                "part_number": .int(index + 1), "etag": .optional(answer.header("ETag")),
                "checksum": .string(md5(part)),
            ])
        }
        return (entry, ["upload_id": begun["upload_id"] ?? nil, "parts": .array(claims)])
    }

    @Test("parts become one object that is read in ranges")
    func multipart() async throws {
        let parts = [[UInt8](repeating: 1, count: 5 << 20), [2, 3, 4]]
        let (entry, completion) = try await upload(parts)
        let path = PlatformFixture.entries + "/" + entry
        let before = try await fixture.send(.get, path).json.signedURL
        #expect(try await fixture.send(.get, before, as: nil).status == 404)
        #expect(try await fixture.send(.patch, path, json: ["status": "active"]).status == 400)

        #expect(try await fixture.send(.post, path + "/multipart-upload/complete", json: completion).status == 200)
        #expect(try await fixture.send(.post, path + "/multipart-upload/complete", json: completion).status == 200)
        #expect(try await fixture.send(.patch, path, json: ["status": "active"]).status == 200)

        let url = try await fixture.send(.get, path).json.signedURL
        let size = (5 << 20) + 3
        let joint = try await fixture.send(.get, url, as: nil, headers: ["Range": "bytes=\(size - 5)-\(size - 2)"])
        #expect((joint.status, joint.body) == (206, [1, 1, 2, 3]))
        #expect(joint.header("Content-Range") == "bytes \(size - 5)-\(size - 2)/\(size)")
        #expect(joint.header("Content-Disposition") == "attachment; filename=\"f.bin\"")
        let whole = try await fixture.send(.get, url, as: nil)
        #expect((whole.status, whole.body) == (200, parts.flatMap { $0 }))
        let etag = try #require(whole.header("ETag"))
        let same = ["Range": "bytes=0-0", "If-Range": etag]
        let other = ["Range": "bytes=0-0", "If-Range": "\"x\""]
        #expect(try await fixture.send(.get, url, as: nil, headers: same).status == 206)
        #expect(try await fixture.send(.get, url, as: nil, headers: other).status == 200)
        #expect(try await fixture.send(.get, url, as: nil, headers: ["Range": "bytes=\(size)-"]).status == 416)
    }

    @Test("a part that is not what was announced is refused and leaves nothing")
    func wrongPart() async throws {
        let entry = try await fixture.create(["name": "f", "file_path": "f"]).entryID
        let base = PlatformFixture.entries + "/\(entry)/multipart-upload"
        let begun = try await fixture.send(.post, base + "/initiate", json: ["part_hashes": [.string(md5([1]))]]).json
        let url = begun["part_urls"]?.arrayValue?.first?.stringValue ?? ""

        #expect(try await fixture.send(.put, url, as: nil, headers: ["Content-MD5": md5([1])], body: [2]).status == 400)
        #expect(try await fixture.send(.put, url, as: nil, headers: ["Content-MD5": "x"], body: [1]).status == 400)
        #expect(try await fixture.send(.put, url, as: nil, body: [2]).status == 400)
        let folder = fixture.platform.objects.uploadFolder(begun["upload_id"]?.stringValue ?? "")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }

    @Test("a deleted entry leaves no file, finished or not", arguments: [true, false])
    func deletion(isComplete: Bool) async throws {
        let (entry, completion) = try await upload([[1, 2, 3]])
        let path = PlatformFixture.entries + "/" + entry
        if isComplete { _ = try await fixture.send(.post, path + "/multipart-upload/complete", json: completion) }

        #expect(try await fixture.send(.delete, path).status == 204)

        for folder in ["objects", "uploads"] {
            let walk = FileManager.default.enumerator(atPath: fixture.root + "/" + folder)
            let names = (walk?.allObjects as? [String] ?? []).filter { $0.count > 2 }
            #expect(names == [])
        }
    }

    @Test("a small part before the last is refused at completion")
    func smallPart() async throws {
        let (entry, completion) = try await upload([[1], [2]])

        let answer = try await fixture.send(
            .post,
            PlatformFixture.entries + "/\(entry)/multipart-upload/complete",
            json: completion
        )

        #expect(answer.status == 400)
        #expect(answer.json["detail"]?.stringValue?.contains("EntityTooSmall") == true)
    }

    @Test("a signed URL wants no other authentication, its own method, and to be in time")
    func signatures() async throws {
        let brief = try PlatformFixture({ $0.signedURLLifetime = -1 })
        func url(_ fixture: PlatformFixture) async throws -> String {
            try await fixture.send(.post, "/admin/object", json: ["name": "o", "size": 10]).json.signedURL
        }
        let good = try await url(fixture)

        #expect(try await fixture.send(.get, good, as: "alice").status == 400)
        #expect(try await fixture.send(.head, good, as: nil).status == 403)
        #expect(try await fixture.send(.get, good, as: nil).status == 200)
        let late = try await brief.send(.get, try await url(brief), as: nil)
        #expect(late.status == 403)
        #expect(String(decoding: late.body, as: UTF8.self).contains("<Message>Request has expired</Message>"))
    }

    @Test("a resumable session takes up where it stopped, even after a restart")
    func resumable() async throws {
        let made = try await fixture.create(["name": "f", "file_path": "f"])
        let unit = ResumableSession.granularity
        let bytes = (0..<(unit + 3)).map { UInt8(truncatingIfNeeded: $0) }
        let begun = try await fixture.send(.post, made.signedURL, as: nil, headers: ["x-goog-resumable": "start"])
        let session = try #require(begun.header("Location"))
        let first = ["Content-Range": "bytes 0-\(unit - 1)/\(bytes.count)"]
        let held = try await fixture.send(.put, session, as: nil, headers: first, body: Array(bytes[..<unit]))
        #expect((held.status, held.header("Range")) == (308, "bytes=0-\(unit - 1)"))

        let again = try PlatformFixture(reopening: fixture)
        let rest = ["Content-Range": "bytes \(unit)-\(bytes.count - 1)/\(bytes.count)"]
        #expect(try await again.send(.put, session, as: nil, headers: rest, body: Array(bytes[unit...])).status == 200)

        let path = PlatformFixture.entries + "/" + made.entryID
        #expect(try await again.send(.patch, path, json: ["status": "active"]).status == 200)
        let read = try await again.send(.get, try await again.send(.get, path).json.signedURL, as: nil)
        #expect(read.body == bytes)
        #expect(read.header("x-goog-hash")?.contains("md5=" + md5(bytes)) == true)
    }

    @Test("registered objects stay in their bucket")
    func buckets() async throws {
        let folder = fixture.root + "/buckets/b/x"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data([7]).write(to: URL(fileURLWithPath: folder + "/1"))
        try Data([8]).write(to: URL(fileURLWithPath: folder + "/2"))
        func register(_ bucket: String, _ prefix: String) async throws -> PlatformFixture.Answer {
            try await fixture.send(
                .post,
                PlatformFixture.entries,
                json: [
                    "name": "r",
                    "existing_location": [
                        "storage_type": "gcs", "content_type": "directory",
                        "metadata": ["bucket_name": .string(bucket), "prefix": .string(prefix)],
                    ],
                ]
            )
        }

        let made = try await register("b", "x/").json

        let paths = made["storage_locations"]?.arrayValue?.map { $0["storage_config"]?["location"] }
        #expect(paths == ["x/1", "x/2"])
        #expect(made["data_storage"]?["is_collection"] == true)
        #expect(try await fixture.send(.get, made.signedURL, as: nil).body == [7])
        #expect(try await register("..", "").status == 404)
        #expect(try await register("b", "y").status == 404)
        #expect(fixture.platform.objects.bucketPath("b", "../../platform.sqlite") == nil)
    }
}
