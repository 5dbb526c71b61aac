import DatasetManifest
import Testing

@Suite("ManifestError")
struct ManifestErrorTests {
    @Test("An error is one line with path, problem and place")
    func oneLine() {
        let place = TextPlace(line: 12, column: 5)
        let error = ManifestError("expected a text, found a list", path: ["samples", "raw"], place: place)

        #expect(error.description == "samples/raw: expected a text, found a list (line 12, column 5)")
        #expect(ManifestError("it is empty").description == "it is empty")
    }

    @Test("A name cannot break the line of an error or move the cursor of a terminal")
    func hostileNames() {
        let error = ManifestError("it stands twice", path: ["a\nb", "\u{1B}[2J"])

        #expect(error.description == "a\\u{a}b/\\u{1b}[2J: it stands twice")
    }
}
