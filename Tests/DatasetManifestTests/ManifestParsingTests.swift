import DatasetManifest
import Testing

@Suite("Manifest: reading what is right")
struct ManifestParsingTests {
    private func manifest(
        _ text: String,
        as format: ManifestFormat = .json,
        directoryName: String? = nil
    ) throws -> Manifest {
        try Manifest(parsing: Array(text.utf8), as: format, directoryName: directoryName)
    }

    @Test("The nested form of the platform's documentation is kept below the first level as well")
    func nested() throws {
        let text = """
            {"project_files": {
              "description": "Main project directory",
              "entries": {
                "src/": {
                  "description": "Source code directory",
                  "entries": {"main.py": "Main application entry point", "utils.py": "Utility functions"}
                },
                "data/": {"description": "Data files directory", "entries": {"config.json": "Configuration file"}}
              }
            }}
            """

        let manifest = try manifest(text, directoryName: "project_files")

        #expect(manifest.root.description == "Main project directory")
        #expect(manifest.entry(at: ["src"])?.description == "Source code directory")
        #expect(manifest.entry(at: ["src"])?.isDirectory == true)
        #expect(manifest.entry(at: ["src", "main.py"])?.description == "Main application entry point")
        #expect(manifest.entry(at: ["data", "config.json"])?.description == "Configuration file")
        #expect(manifest.entry(at: ["data", "other"]) == nil)
    }

    @Test("The flat form that the platform's client reads means the same")
    func flat() throws {
        let text =
            #"{"dir": {"file.txt": "text", "sub": {"f": "deep"}, "g": {"description": "G", "metadata": {"a": 1}}}}"#

        let manifest = try manifest(text, directoryName: "dir")

        #expect(manifest.entry(at: ["file.txt"])?.description == "text")
        #expect(manifest.entry(at: ["sub"])?.isDirectory == true)
        #expect(manifest.entry(at: ["sub", "f"])?.description == "deep")
        #expect(manifest.entry(at: ["g"])?.metadata == [ManifestMember("a", .number("1"))])
    }

    @Test("Only the name of the directory itself is taken off the top level")
    func ownName() throws {
        let text = #"{"raw": {"a.csv": "A"}}"#

        #expect(try manifest(text, directoryName: "raw").entry(at: ["a.csv"])?.description == "A")
        #expect(try manifest(text, directoryName: "other").entry(at: ["raw", "a.csv"])?.description == "A")
        #expect(try manifest(text).entry(at: ["raw", "a.csv"])?.description == "A")
        #expect(try manifest(#"{"raw/": {"a.csv": "A"}}"#, directoryName: "raw").entry(at: ["a.csv"]) != nil)
        #expect(try manifest(#"{"raw": "a file"}"#, directoryName: "raw").entry(at: ["raw"])?.description == "a file")
        #expect(
            try manifest(#"{"entries": {"raw": {"a": "A"}}}"#, directoryName: "raw").entry(at: ["raw", "a"]) != nil
        )
    }

    @Test("JSON and YAML of one manifest say the same")
    func yaml() throws {
        let json = """
            {"description": "Top", "entries": {"a/": {"entries": {"x.csv": {"description": "X", "metadata":
              {"run": 17, "ok": true, "none": null, "list": [1.5, "two"], "map": {"k": "v"}}}}}, "b.txt": "Line\\nbreak"}}
            """
        let yaml = """
            # how it was measured
            description: Top
            entries:
              a/:
                entries:
                  x.csv:
                    description: X
                    metadata: {run: 17, ok: true, none: ~, list: [1.5, two], map: {k: v}}
              b.txt: |-
                Line
                break
            """

        #expect(try manifest(json) == manifest(yaml, as: .yaml))
    }

    @Test("YAML keeps as text what only YAML 1.1 took for something else")
    func coreSchema() throws {
        let text = """
            a.txt: no
            b.txt: 12:30:45
            c.txt: 2026-11-21
            d.txt: {description: yes, metadata: {octal: 0o17, hex: 0xFF, plus: +1, half: .5, big: 12345678901234567890123}}
            e.txt: {metadata: {quoted: "12", tagged: !!str 12, version: 1.2.3, exponent: 1e3, leading: 007}}
            2024: a year
            """

        let manifest = try manifest(text, as: .yaml)

        #expect(manifest.entry(at: ["a.txt"])?.description == "no")
        #expect(manifest.entry(at: ["b.txt"])?.description == "12:30:45")
        #expect(manifest.entry(at: ["c.txt"])?.description == "2026-11-21")
        #expect(manifest.entry(at: ["d.txt"])?.description == "yes")
        #expect(manifest.entry(at: ["2024"])?.description == "a year")
        let numbers = ["big": "12345678901234567890123", "half": "0.5", "hex": "255", "octal": "15", "plus": "1"]
        let others = [
            "exponent": "1e3", "leading": "7", "quoted": "\"12\"", "tagged": "\"12\"", "version": "\"1.2.3\"",
        ]
        #expect(manifest.statements.first { $0.path == ["d.txt"] }?.metadata == numbers)
        #expect(manifest.statements.first { $0.path == ["e.txt"] }?.metadata == others)
    }

    @Test("JSON keeps tabs, digits beyond 64 bits, escapes and pairs of surrogates")
    func json() throws {
        let text =
            "\u{FEFF}{\t\"a\\tb\":\t\"\\ud83d\\ude00 \\u00e9\\/\",\r\n\t\"n\": {\"metadata\": {\"x\": 123456789012345678901234567890.50}}}"

        let manifest = try manifest(text)

        #expect(manifest.entry(at: ["a\tb"])?.description == "😀 é/")
        #expect(manifest.statements.last?.metadata == ["x": "123456789012345678901234567890.50"])
    }

    @Test("Names that differ only in their normal form are two names")
    func normalForms() throws {
        let manifest = try manifest("{\"\u{E9}\": \"composed\", \"e\u{301}\": \"decomposed\"}")

        #expect(manifest.entry(at: ["\u{E9}"])?.description == "composed")
        #expect(manifest.entry(at: ["e\u{301}"])?.description == "decomposed")
    }

    @Test("Nothing said is no error: empty mappings, and null for what is left open")
    func nothingSaid() throws {
        #expect(try manifest("{}").statements.isEmpty)
        #expect(try manifest("{}", as: .yaml).statements.isEmpty)
        let open = try manifest(
            #"{"description": null, "metadata": null, "entries": {"a": {}, "b/": {"entries": null}}}"#
        )
        #expect(open.statements.isEmpty)
        #expect(open.entry(at: ["a"])?.isDirectory == false)
        #expect(open.entry(at: ["b"])?.isDirectory == true)
    }

    @Test("Two hundred and fifty directories inside each other are read, merged and written")
    func deep() throws {
        let names = (0..<250).map { "d\($0)" }
        let open = names.map { #"{"entries": {"\#($0)/": "# }.joined()
        let text = open + #""deepest""# + String(repeating: "}}", count: names.count)

        for format in ManifestFormat.allCases {
            let manifest = try manifest(text, as: format)
            let both = manifest.overlaid(by: Manifest()).overlaid(by: manifest)
            #expect(both.entry(at: names)?.description == "deepest")
            #expect(both.statements.map(\.path) == [names])
            #expect(try Manifest(parsing: both.rendered(as: format), as: format) == manifest)
        }
    }

    @Test("A file name tells the language")
    func formats() {
        #expect(ManifestFormat(fileName: "manifest.json") == .json)
        #expect(ManifestFormat(fileName: "MANIFEST.YML") == .yaml)
        #expect(ManifestFormat(fileName: "x.yaml") == .yaml)
        #expect(ManifestFormat(fileName: "manifest.txt") == nil)
    }
}
