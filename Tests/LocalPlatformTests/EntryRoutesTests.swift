import Foundation
import Hummingbird
import Testing

@testable import LocalPlatform

@Suite("Entries")
struct EntryRoutesTests {
    private let fixture: PlatformFixture

    init() throws {
        fixture = try PlatformFixture()
    }

    @Test("every kind of create gives its kind of entry")
    func kinds() async throws {
        let text = try await fixture.create(["name": "t", "content": ""])
        let file = try await fixture.create(["name": "f", "file_path": "a/b.bin"])
        let folder = try await fixture.create(["name": "d"])

        #expect(text["data_storage"]?["status"] == "active")
        #expect(text["content"] == "")
        #expect(file["data_storage"]?["status"] == "pending")
        #expect(file.signedURL.contains("/storage/uploads/"))
        #expect(folder["data_storage"]?["status"] == "active")
        #expect(folder["storage_locations"] == [])
        #expect(folder["data_storage"]?["dataset_id"] != text["data_storage"]?["dataset_id"])
    }

    @Test("metadata is told again with the location")
    func metadata() async throws {
        let made = try await fixture.create(["name": "t", "content": "x", "metadata": ["size": 1, "a": ["b"]]])

        let config = made["storage_locations"]?.arrayValue?.first?["storage_config"]
        #expect(config?["metadata"]?["size"] == 1)
        #expect(config?["metadata"]?["a"] == ["b"])
    }

    @Test("a body that does not fit is refused in FastAPI's words")
    func validation() async throws {
        let answer = try await fixture.send(.post, PlatformFixture.entries, json: ["name": 1, "tags": "x"])

        #expect(answer.status == 422)
        let places = answer.json["detail"]?.arrayValue?.map { $0["loc"] }
        #expect(places == [["body", "name"], ["body", "tags"]])
    }

    @Test("a text with a NUL is refused, not cut")
    func nul() async throws {
        let answer = try await fixture.send(.post, PlatformFixture.entries, json: ["name": "n", "content": "a\u{0}b"])

        #expect(answer.status == 422)
    }

    @Test("unknown routes, wrong methods and missing logins have their own answers")
    func routing() async throws {
        let path = PlatformFixture.entries
        #expect(try await fixture.send(.get, "/nowhere").json == ["detail": "Not Found"])
        let wrong = try await fixture.send(.put, path)
        #expect((wrong.status, wrong.json) == (405, ["detail": "Method Not Allowed"]))
        #expect(try await fixture.send(.get, path + "/x", as: nil).status == 401)
        #expect(try await fixture.send(.get, path + "/x").json == ["detail": "Data storage entry not found"])
    }

    @Test("a stale base is a conflict, the same revision again is not")
    func revisions() async throws {
        let made = try await fixture.create(["name": "t", "content": "0"])
        let path = PlatformFixture.entries + "/" + made.entryID
        let base = try #require(made["current_revision_id"])
        let change: JSONValue = [
            "revision_id": .string(Identifier.make()), "base_revision_id": base, "content": "1",
        ]

        #expect(try await fixture.send(.patch, path, json: change).status == 200)
        #expect(try await fixture.send(.patch, path, json: change).json["version"] == 1)
        let stale = change.overlaid(with: ["revision_id": .string(Identifier.make())])
        #expect(try await fixture.send(.patch, path, json: stale).status == 409)
        #expect(try await fixture.send(.get, path + "?version=0").json["content"] == "0")
        #expect(try await fixture.send(.get, path + "?version=9").status == 404)
        let both = try await fixture.send(.get, path + "?version=0&revision_id=\(Identifier.make())")
        #expect(both.status == 422)
    }

    @Test("what others may not see is not there, what they may not change is forbidden")
    func permissions() async throws {
        let made = try await fixture.create(["name": "t", "content": "0"])
        let path = PlatformFixture.entries + "/" + made.entryID
        #expect(try await fixture.send(.get, path, as: "bob").status == 404)
        #expect(try await fixture.send(.delete, path, as: "bob").status == 404)

        _ = try await fixture.send(.patch, path, json: ["share_status": "public"])

        #expect(try await fixture.send(.get, path, as: "bob").status == 200)
        #expect(try await fixture.send(.delete, path, as: "bob").status == 403)
        #expect(try await fixture.send(.patch, path, as: "bob", json: ["tags": []]).status == 403)
    }

    @Test("a plain new name is taken, unless the platform is told not to")
    func plainPatch() async throws {
        let strict = try PlatformFixture({ $0.acceptPlainPatch = false })
        for (platform, status) in [(fixture, 200), (strict, 422)] {
            let made = try await platform.create(["name": "t", "content": "0"])
            let answer = try await platform.send(
                .patch,
                PlatformFixture.entries + "/" + made.entryID,
                json: ["name": "u"]
            )
            #expect(answer.status == status)
        }
    }

    @Test("everything is still there after a restart")
    func restart() async throws {
        let made = try await fixture.create(["name": "t", "content": "kept", "tags": ["a"]])
        let token = fixture.platform.tokens.token(for: "alice")

        let again = try PlatformFixture(reopening: fixture)

        let read = try await again.send(.get, PlatformFixture.entries + "/" + made.entryID).json
        #expect(read["data_storage"] == made["data_storage"])
        #expect(again.platform.tokens.user(of: token) == "alice")
    }

    @Test("an entry can be planted with anything in it")
    func planting() async throws {
        let made = try await fixture.send(
            .post,
            "/admin/entries",
            json: ["name": "x", "content": "c", "raw": ["name": "../\u{0}\n", "created_at": 12, "extra": [true]]]
        ).json

        let read = try await fixture.send(.get, PlatformFixture.entries + "/" + made.entryID).json["data_storage"]

        #expect(read?["name"] == "../\u{0}\n")
        #expect(read?["created_at"] == 12)
        #expect(read?["extra"] == [true])
    }
}
