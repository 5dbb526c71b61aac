import Testing

@testable import LocalPlatform

@Suite("Values of the wire")
struct ValueTests {
    @Test("JSON is written and read back as it was")
    func json() {
        let value: JSONValue = [
            "text": "a\"\\\n\t\u{1}é\u{1F600}", "numbers": [0, -7, .double(0.5)], "flags": [true, false, nil],
            "none": [:],
        ]

        let again = JSONValue.parse(value.serialized)

        for member in value.members ?? [] { #expect(again?[member.key] == member.value) }
        #expect(JSONValue.parse("{") == nil)
    }

    @Test("moments are written to the microsecond and read in any zone")
    func moments() {
        #expect(Timestamp.string(fromEpoch: 0) == "1970-01-01T00:00:00.000000Z")
        #expect(Timestamp.string(fromEpoch: 951_782_399.999_999_9) == "2000-02-29T00:00:00.000000Z")
        #expect(Timestamp.string(fromEpoch: 1_709_210_096.5) == "2024-02-29T12:34:56.500000Z")
        #expect(Timestamp.parse("1970-01-01T01:00:00+01:00") == 0)
        #expect(Timestamp.parse("1970-01-01T00:00:00.5Z") == 0.5)
        #expect(Timestamp.parse("1970-01-02") == 86400)
        #expect(Timestamp.parse("soon") == nil)
    }

    @Test("a name for a download is safe in a header")
    func disposition() {
        #expect(ContentDisposition.header("a b.txt") == "attachment; filename=\"a b.txt\"")
        #expect(
            ContentDisposition.header("a\"\r\né") == "attachment; filename*=UTF-8''a%22%0D%0A%C3%A9; filename=\"a____\""
        )
    }

    @Test("references to objects survive a URL")
    func references() {
        let key = Identifier.make()
        for reference in [ObjectReference.own(key: key), .bucket(name: "b", path: "x:y/ü ?")] {
            #expect(ObjectReference(reference.text) == reference)
            #expect(ObjectReference(urlComponent: reference.urlComponent) == reference)
        }
        #expect(ObjectReference(urlComponent: "../x") == nil)
    }

    @Test("counters are kept by route, not by name")
    func routes() {
        #expect(
            Traffic.route("GET", "/v0.1/data-storage/data-entries/abc/status")
                == "GET /v0.1/data-storage/data-entries/{id}/status"
        )
        #expect(Traffic.route("PUT", "/storage/parts/abc/12") == "PUT /storage/parts/{id}/{number}")
    }
}
