import Hummingbird
import Testing

@testable import LocalPlatform

@Suite("Faults")
struct FaultTests {
    private func strikes(_ rule: FaultRule, _ path: String = "/v0.1/x", times: Int, chance: Double = 0) -> [Bool] {
        var rules = FaultRules(rules: [rule])
        return (0..<times).map { _ in rules.effect(method: "GET", path: path, chance: { chance }) != nil }
    }

    @Test("a rule strikes after what it skips, as often as it counts")
    func counting() {
        #expect(strikes(FaultRule(skip: 1, count: 2), times: 5) == [false, true, true, false, false])
        #expect(strikes(FaultRule(), times: 2) == [true, true])
    }

    @Test("a rule strikes only where it fits, and as likely as it says")
    func matching() {
        #expect(strikes(FaultRule(method: "PUT"), times: 1) == [false])
        #expect(strikes(FaultRule(path: "^/v0\\.1/x$"), times: 1) == [true])
        #expect(strikes(FaultRule(path: "^/v0\\.1/x$"), "/v0.1/xy", times: 1) == [false])
        #expect(strikes(FaultRule(probability: 0.5), times: 1, chance: 0.5) == [false])
        #expect(strikes(FaultRule(probability: 0.5), times: 1, chance: 0.49) == [true])
    }

    @Test("rules that strike together add up, the earlier one first")
    func merging() {
        var rules = FaultRules(rules: [
            FaultRule(effect: FaultEffect(status: 503)),
            FaultRule(effect: FaultEffect(status: 500, delayMilliseconds: 7)),
        ])

        let effect = rules.effect(method: "GET", path: "/", chance: { 0 })

        #expect(effect == FaultEffect(status: 503, delayMilliseconds: 7))
    }

    @Test(
        "a rule that does not fit is refused",
        arguments: [
            ["path": "("], ["status": 99], ["bytes_per_second": 0], ["count": "one"],
        ] as [JSONValue]
    )
    func reading(json: JSONValue) {
        #expect(throws: APIError.self) { try FaultRule(json) }
    }

    /// What arrives of "abc" + "def" through a writer with faults, and whether it ended well.
    private func pass(_ effect: FaultEffect) async -> (text: String, isComplete: Bool) {
        let collector = Collector()
        var writer: any ResponseBodyWriter = FaultyWriter(parent: collector, effect: effect, clientPort: nil)
        do {
            try await writer.write(ByteBuffer(string: "abc"))
            try await writer.write(ByteBuffer(string: "def"))
            try await writer.finish(nil)
            return (String(decoding: collector.bytes, as: UTF8.self), true)
        } catch {
            return (String(decoding: collector.bytes, as: UTF8.self), false)
        }
    }

    @Test("a body is cut, or has one byte wrong")
    func bodies() async {
        #expect(await pass(FaultEffect()) == ("abcdef", true))
        #expect(await pass(FaultEffect(truncateAt: 4)) == ("abcd", false))
        #expect(await pass(FaultEffect(truncateAt: 0)) == ("", false))
        #expect(await pass(FaultEffect(truncateAt: 6)) == ("abcdef", true))
        #expect(await pass(FaultEffect(bytesPerSecond: 1000)) == ("abcdef", true))
        let corrupted = await pass(FaultEffect(corruptAt: 3)).text
        #expect(corrupted.utf8.count != 6 || corrupted != "abcdef")
        #expect(corrupted.hasPrefix("abc") && corrupted.hasSuffix("ef"))
    }

    @Test("faults come and go by the operator's routes")
    func routes() async throws {
        let fixture = try PlatformFixture()
        let rule: JSONValue = ["path": "organizations", "count": 1, "status": 429, "retry_after": 3, "body": "slow"]
        #expect(try await fixture.send(.post, "/admin/faults", json: rule).status == 201)

        let struck = try await fixture.send(.get, "/v0.1/organizations")

        #expect(struck.status == 429)
        #expect(struck.header("Retry-After") == "3")
        #expect(struck.body == Array("slow".utf8))
        #expect(try await fixture.send(.get, "/v0.1/organizations").status == 200)
        #expect(try await fixture.send(.delete, "/admin/faults").status == 204)
        #expect(try await fixture.send(.get, "/admin/faults").json == [])
        let counters = try await fixture.send(.get, "/admin/requests").json
        #expect(counters["requests"]?["GET /v0.1/organizations"] == 2)
    }
}
