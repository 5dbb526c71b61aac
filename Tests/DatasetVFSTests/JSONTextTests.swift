import Testing

@testable import DatasetVFS

@Suite("JSONText")
struct JSONTextTests {
    @Test("Quotes what JSON demands and nothing else")
    func quotes() {
        #expect(JSONText.quoted("a/b “c” \"d\" \\ \n \u{1}") == #""a/b “c” \"d\" \\ \n \u0001""#)
        #expect(JSONText.quoted("") == "\"\"")
    }

    @Test("Writes sorted keys, indented, with one newline at the end")
    func pretty() {
        let text = String(decoding: JSONText.pretty(["b": "2", "a": "x/y"]), as: UTF8.self)

        #expect(text == "{\n  \"a\" : \"x/y\",\n  \"b\" : \"2\"\n}\n")
    }

    @Test("Writes a record on one line")
    func line() {
        #expect(JSONText.line(["b": 2, "a": 1]) == Array("{\"a\":1,\"b\":2}\n".utf8))
    }

    @Test("A number that is no number becomes null, not a crash")
    func notANumber() {
        #expect(JSONText.line([Double.nan]) == Array("null\n".utf8))
    }
}
