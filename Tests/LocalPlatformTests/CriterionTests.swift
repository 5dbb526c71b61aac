import Hummingbird
import Testing

@testable import LocalPlatform

@Suite("Criterion and SearchRequest")
struct CriterionTests {
    private let document = SearchDocument(json: [
        "name": "Alpha One", "content": "apple banana apple", "tags": ["x", "y"], "version": "12",
        "created_at": "2024-05-01T10:00:00.000000Z",
    ])

    @Test(
        "an operator matches",
        arguments: [
            Criterion("name", .equals, "Alpha One"), Criterion("name", .contains, "HA o"),
            Criterion("name", .startsWith, "alpha"), Criterion("name", .endsWith, "ONE"),
            Criterion("content", .fulltext, "cherry APPLE"), Criterion("tags", .equals, "y"),
            Criterion("tags", .oneOf, "q", "x"), Criterion("version", .greaterThan, "9"),
            Criterion("version", .lessThan, "100"), Criterion("created_at", .between, "2024-05-01", "2024-05-02"),
            Criterion("created_at", .greaterThan, "2024-05-01T11:00:00+02:00"),
        ]
    )
    func matches(criterion: Criterion) {
        #expect(criterion.score(document) != nil)
    }

    @Test(
        "an operator does not match",
        arguments: [
            Criterion("name", .equals, "alpha one"), Criterion("name", .contains, "beta"),
            Criterion("name", .startsWith, "one"), Criterion("name", .endsWith, "alpha"),
            Criterion("content", .fulltext, "app"), Criterion("tags", .oneOf, "q"),
            Criterion("version", .greaterThan, "100"),
            Criterion("created_at", .lessThan, "2024-05-01T10:00:00.000000Z"),
            Criterion("created_at", .between, "2024-05-02", "2024-05-03"), Criterion("nothing", .contains, ""),
        ]
    )
    func misses(criterion: Criterion) {
        #expect(criterion.score(document) == nil)
    }

    @Test("AND needs all criteria, OR needs one, none needs nothing")
    func logic() {
        var request = SearchRequest()
        #expect(request.score(document) != nil)
        request.criteria = [Criterion("name", .contains, "alpha"), Criterion("name", .contains, "beta")]
        #expect(request.score(document) != nil)
        request.logic = .and
        #expect(request.score(document) == nil)
    }

    @Test("paging beyond the window is a bad request, a wrong body is unprocessable")
    func window() {
        func status(_ json: JSONValue) -> Int {
            var body = BodyReader(json)
            do throws(APIError) {
                _ = try SearchRequest(&body, window: 10_000)
                return 200
            } catch {
                return error.status.code
            }
        }
        #expect(status(["limit": 1000, "offset": 9000]) == 200)
        #expect(status(["limit": 1000, "offset": 9001]) == 400)
        #expect(status(["limit": 0]) == 422)
        #expect(status(["limit": 1001]) == 422)
        #expect(status(["offset": -1]) == 422)
        #expect(status(["filter_logic": "XOR"]) == 422)
        #expect(status(["criteria": [["field": "name", "operator": "like", "value": "x"]]]) == 422)
        #expect(status(["criteria": [["field": "name", "operator": "between", "value": "x"]]]) == 422)
    }

    @Test("fragments mark what was found")
    func highlights() {
        #expect(
            SearchText.highlights(["apple"], in: "an apple and an Apple", size: 9, count: 3) == [
                "n <em>apple</em> a", "n <em>Apple</em>",
            ]
        )
    }

    @Test("likeness is the cosine")
    func cosine() {
        #expect(Similarity.cosine([1, 0], [2, 0]) == 1)
        #expect(Similarity.cosine([1, 0], [0, 3]) == 0)
        #expect(Similarity.cosine([1], [1, 2]) == nil)
        #expect(Similarity.cosine([0, 0], [1, 2]) == nil)
    }
}
