import DatasetModel
import Foundation
import Testing

@Suite("Location")
struct LocationTests {
    @Test(
        "JSON gives back the same text",
        arguments: ["", "a/b", "caf\u{E9}", "cafe\u{301}", "new\nline\"", "%FF", "\u{1F9EC}"]
    )
    func json(_ text: String) throws {
        let data = try JSONEncoder().encode([Location(text)])

        let location = try JSONDecoder().decode([Location].self, from: data)[0]

        #expect(Array(location.rawValue.utf8) == Array(text.utf8))
    }

    @Test("It stands in JSON as a plain string")
    func plain() throws {
        let data = try JSONEncoder().encode([Location("a b")])

        #expect(String(decoding: data, as: UTF8.self) == #"["a b"]"#)
    }

    @Test("The root is shown as a slash")
    func root() {
        #expect("\(Location.root)" == "/")
        #expect("\(Location("a"))" == "a")
    }
}
