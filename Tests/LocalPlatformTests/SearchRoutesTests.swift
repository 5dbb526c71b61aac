import Hummingbird
import Testing

@testable import LocalPlatform

@Suite("Search routes")
struct SearchRoutesTests {
    private func names(_ fixture: PlatformFixture, _ body: JSONValue, as user: String = "alice") async throws
        -> [String]
    {
        let hits = try await fixture.send(.post, PlatformFixture.data + "/search", as: user, json: body).json
        return hits.arrayValue?.compactMap { $0["name"]?.stringValue } ?? []
    }

    @Test("everybody finds only what they may see")
    func visibility() async throws {
        let fixture = try PlatformFixture()
        _ = try await fixture.create(["name": "mine", "content": "x"])
        let shared = try await fixture.create(["name": "ours", "content": "x"])
        let change: JSONValue = ["share_status": "shared", "permitted_accessors": ["users": ["bob"]]]
        _ = try await fixture.send(.patch, PlatformFixture.entries + "/" + shared.entryID, json: change)

        #expect(try await names(fixture, [:]) == ["mine", "ours"])
        #expect(try await names(fixture, [:], as: "bob") == ["ours"])
        #expect(try await names(fixture, [:], as: "carol") == [])
    }

    @Test("pages cover many entries once")
    func pages() async throws {
        let fixture = try PlatformFixture()
        let bulk: JSONValue = ["dataset": "d", "count": 250, "size": 1, "kind": "text"]
        let dataset = try await fixture.send(.post, "/admin/bulk", json: bulk).json["dataset_id"] ?? nil
        let criteria: JSONValue = [["field": "dataset_id", "operator": "equals", "value": dataset]]
        var found: [String] = []
        for offset in stride(from: 0, to: 300, by: 100) {
            found += try await names(fixture, ["criteria": criteria, "limit": 100, "offset": .int(offset)])
        }

        #expect(found.count == 250)
        #expect(Set(found).count == 250)
        let listed = try await fixture.send(.get, PlatformFixture.data + "/datasets/" + (dataset.stringValue ?? ""))
        #expect(listed.json["data_storage_entries"]?.arrayValue?.count == 250)
    }

    @Test("a late index finds new entries late and forgets deleted ones late")
    func delay() async throws {
        let now = try PlatformFixture()
        let made = try await now.create(["name": "old", "content": "x"])
        #expect(try await names(now, [:]) == ["old"])

        let late = try PlatformFixture({ $0.searchDelay = 3600 }, reopening: now)
        #expect(try await names(late, [:]) == [])
        _ = try await late.send(.delete, PlatformFixture.entries + "/" + made.entryID)

        #expect(try await names(late, [:]) == ["old"])
        #expect(try await late.send(.get, PlatformFixture.entries + "/" + made.entryID).status == 404)
    }

    @Test("names with the digits of a moment keep their order by time")
    func moments() async throws {
        let fixture = try PlatformFixture()
        let first = try await fixture.create(["name": "first", "content": "x"])["data_storage"]?["created_at"] ?? nil
        _ = try await fixture.create(["name": "second", "content": "x"])

        let after: JSONValue = [["field": "created_at", "operator": "greater_than", "value": first]]
        let upTo: JSONValue = [
            ["field": "created_at", "operator": "between", "value": ["2020-01-01T00:00:00Z", first]]
        ]

        #expect(try await names(fixture, ["criteria": after]) == ["second"])
        #expect(try await names(fixture, ["criteria": upTo]) == ["first"])
    }
}
