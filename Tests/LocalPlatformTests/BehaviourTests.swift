import Crypto
import Hummingbird
import Testing

@testable import LocalPlatform

/// Where the real platform may do one thing or the other, this one can be told which.
@Suite("The platform's behaviour can be chosen")
struct BehaviourTests {
    private func file(_ text: String, _ members: JSONValue, on fixture: PlatformFixture) async throws -> JSONValue {
        let name: JSONValue = ["name": "f", "file_path": "f.bin"]
        let made = try await fixture.create(name.overlaid(with: members))
        let path = PlatformFixture.entries + "/" + made.entryID
        let bytes = Array(text.utf8)
        let hash = Base64.string(Array(Insecure.MD5.hash(data: bytes)))
        let begun = try await fixture.send(
            .post,
            path + "/multipart-upload/initiate",
            json: ["part_hashes": [.string(hash)]]
        ).json
        let url = try #require(begun["part_urls"]?.arrayValue?.first?.stringValue)
        let part = try await fixture.send(.put, url, as: nil, headers: ["Content-MD5": hash], body: bytes)
        let claim: JSONValue = [
            "part_number": 1, "etag": .string(part.header("ETag") ?? ""), "checksum": .string(hash),
        ]
        let completion: JSONValue = ["upload_id": begun["upload_id"] ?? .null, "parts": [claim]]
        _ = try await fixture.send(.post, path + "/multipart-upload/complete", json: completion)
        return try await fixture.send(.patch, path, json: ["status": "active"]).json
    }

    private func metadata(_ answer: JSONValue) -> JSONValue? {
        answer["storage_locations"]?.arrayValue?.first?["storage_config"]?["metadata"]
    }

    private func revise(_ entry: JSONValue, _ members: JSONValue, on fixture: PlatformFixture) async throws -> JSONValue
    {
        let ids: JSONValue = [
            "revision_id": .string(Identifier.make()), "base_revision_id": entry["current_revision_id"] ?? .null,
        ]
        let path = PlatformFixture.entries + "/" + entry.entryID
        return try await fixture.send(.patch, path, json: ids.overlaid(with: members)).json
    }

    @Test("a revision takes over another entry's file with what was said of it, and every version stays as it was")
    func sources() async throws {
        let fixture = try PlatformFixture()
        let text = try await fixture.create(["name": "t", "content": "zero", "metadata": ["size": 4]])
        let source = try await file("one", ["metadata": ["size": 3]], on: fixture)

        let revised = try await revise(text, ["source_entry_id": .string(source.entryID)], on: fixture)
        #expect(metadata(revised) == ["size": 3])
        #expect(revised.signedURL.prefix { $0 != "?" } == source.signedURL.prefix { $0 != "?" })
        let path = PlatformFixture.entries + "/" + text.entryID
        let old = try await fixture.send(.get, path + "?version=0").json
        let place = old["storage_locations"]?.arrayValue?.first?["storage_config"]
        #expect(place?["storage_type"] == "raw_content")
        #expect(old["content"] == "zero")

        // The file outlives the entry that brought it.
        _ = try await fixture.send(.delete, PlatformFixture.entries + "/" + source.entryID)
        #expect(try await fixture.send(.get, revised.signedURL, as: nil).body == Array("one".utf8))
        let again = try await revise(revised, ["content": "two"], on: fixture)
        #expect(again["content"] == "two")
        let first = try await fixture.send(.get, path + "?version=1").json
        #expect(try await fixture.send(.get, first.signedURL, as: nil).body == Array("one".utf8))
    }

    @Test("the file can be copied as well")
    func copies() async throws {
        let fixture = try PlatformFixture({ $0.copySources = true })
        let text = try await fixture.create(["name": "t", "content": "zero"])
        let source = try await file("one", [:], on: fixture)
        let revised = try await revise(text, ["source_entry_id": .string(source.entryID)], on: fixture)
        #expect(revised.signedURL.prefix { $0 != "?" } != source.signedURL.prefix { $0 != "?" })
        #expect(try await fixture.send(.get, revised.signedURL, as: nil).body == Array("one".utf8))
    }

    @Test("metadata is shown beside the entry and in its history, or nowhere", arguments: [true, false])
    func metadata(isKept: Bool) async throws {
        let fixture = try PlatformFixture({ $0.keepMetadata = isKept })
        let made = try await fixture.create(["name": "t", "content": "0", "metadata": ["a": 1]])
        let path = PlatformFixture.entries + "/" + made.entryID
        let history = try await fixture.send(.get, path + "/revisions").json
        let snapshot = history["revisions"]?.arrayValue?.first?["snapshot"]
        #expect(metadata(made) == (isKept ? ["a": 1] : .null))
        #expect(snapshot?["metadata"] == (isKept ? ["a": 1] : .null))
    }

    @Test("without uploads in parts their routes are unknown, and creation names a URL to upload to")
    func noMultipart() async throws {
        let fixture = try PlatformFixture({ $0.acceptMultipart = false })
        let made = try await fixture.create(["name": "f", "file_path": "f"])
        let path = PlatformFixture.entries + "/" + made.entryID + "/multipart-upload/initiate"
        let answer = try await fixture.send(.post, path, json: ["part_hashes": []])
        #expect(answer.status == 404)
        #expect(answer.json == ["detail": "Not Found"])
        #expect(made.signedURL.contains("/storage/uploads/"))
    }
}
