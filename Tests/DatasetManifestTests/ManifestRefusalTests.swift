import DatasetManifest
import DatasetTestSupport
import Testing

@Suite("Manifest: refusing what is wrong")
struct ManifestRefusalTests {
    private func problem(_ text: String, as format: ManifestFormat = .json, directoryName: String? = nil) -> String {
        problem(Array(text.utf8), as: format, directoryName: directoryName)
    }

    private func problem(_ bytes: [UInt8], as format: ManifestFormat, directoryName: String? = nil) -> String {
        do {
            _ = try Manifest(parsing: bytes, as: format, directoryName: directoryName)
            return "accepted"
        } catch {
            return error.description
        }
    }

    @Test("A value of the wrong type is named with its path and place")
    func wrongTypes() {
        let json = """
            {
              "samples": {
                "raw": [
                ],
                "ok": "x"
              }
            }
            """
        #expect(problem(json) == "samples/raw: expected a text or a mapping, found a list (line 3, column 12)")
        #expect(
            problem(json, as: .yaml) == "samples/raw: expected a text or a mapping, found a list (line 3, column 12)"
        )
        #expect(
            problem("a.txt: 2024\n", as: .yaml)
                == "a.txt: expected a text or a mapping, found the number 2024: put it in quotes (line 1, column 8)"
        )
        #expect(problem("a.txt:\n", as: .yaml).hasPrefix("a.txt: expected a text or a mapping, found nothing (line 1"))
        #expect(
            problem(#"{"a": {"description": 1}}"#)
                == "a: “description”: expected a text, found the number 1 (line 1, column 23)"
        )
        #expect(
            problem(#"{"a": {"metadata": []}}"#).hasPrefix("a: “metadata”: expected a mapping, found a list (line 1")
        )
        #expect(problem(#"{"entries": "x"}"#) == "“entries”: expected a mapping, found a text (line 1, column 13)")
        #expect(problem("[]") == "expected a mapping from names to descriptions, found a list (line 1, column 1)")
        #expect(
            problem(#"{"d": {"x": true}}"#, directoryName: "d").hasPrefix(
                "d/x: expected a text or a mapping, found the truth"
            )
        )
    }

    @Test("A key beside those of the native form is refused, not guessed at")
    func unknownKeys() {
        #expect(
            problem(#"{"a.txt": {"description": "x", "color": "red"}}"#)
                == "a.txt: “color” stands beside “description”: names of files belong under “entries” (line 1, column 32)"
        )
    }

    @Test("A name that stands twice is refused, with and without a slash")
    func twins() {
        #expect(problem("{\"a\": \"1\",\n \"a/\": \"2\"}") == "a: it stands twice (line 2, column 2)")
        #expect(
            problem(#"{"x": {"metadata": {"k": 1, "l": {"m": 1, "m": 2}}}}"#).hasPrefix(
                "x: “m” stands twice in “metadata” ("
            )
        )
        #expect(
            problem(#"{"x": {"description": "1", "description": "2"}}"#).hasPrefix("x: “description” stands twice (")
        )
        #expect(problem("a: x\nb: y\na: z\n", as: .yaml).hasPrefix("“a” stands twice in one mapping (line 1"))
    }

    @Test("Names that no tree has are refused")
    func impossibleNames() {
        #expect(problem(#"{"": "x"}"#) == ": a name is empty (line 1, column 2)")
        #expect(problem(#"{"..": "x"}"#) == "..: “..” is no name of a file (line 1, column 2)")
        #expect(problem(#"{"a/b": "x"}"#) == "a/b: “a/b” is a path: nest the names in each other (line 1, column 2)")
        #expect(problem(#"{"a//": "x"}"#).contains("is a path"))
        #expect(problem(#"{"/": "x"}"#).contains("is a path"))
        #expect(problem(#"{"a\u0000b": "x"}"#).hasPrefix("a\\u{0}b: a name holds a NUL"))
        #expect(problem(#"{".datasetfs": "x"}"#).contains("the control directory cannot be described"))
        #expect(problem(#"{"\#(String(repeating: "é", count: 128))": "x"}"#).contains("longer than 255 bytes"))
    }

    @Test("Damaged JSON is refused where it is damaged")
    func damagedJSON() {
        #expect(problem("") == "expected a value, found the end (line 1, column 1)")
        #expect(problem("{\n \"a\": \"b\",\n}") == "expected a name in double quotes, found “}” (line 3, column 1)")
        #expect(problem("{\"é\": x}") == "expected a value, found “x” (line 1, column 7)")
        #expect(problem("{} {}") == "something follows the end of the document (line 1, column 4)")
        #expect(
            problem("{\"a\": \"b\nc\"}").hasPrefix(
                "a text holds the control character 0xa: escape it (line 1, column 9"
            )
        )
        #expect(problem(#"{"a": "\ud800"}"#) == "a text holds half of a surrogate pair (line 1, column 8)")
        #expect(problem(#"{"a": "\ud800\u0041"}"#).hasPrefix("a text holds half of a surrogate pair"))
        #expect(problem(#"{"a": "\q"}"#).hasPrefix("a text holds an unknown escape"))
        #expect(problem(#"{"a": {"metadata": {"x": 01}}}"#).contains("begins with 0"))
        #expect(problem(#"{"a": "b"#) == "a text does not end (line 1, column 7)")
        #expect(problem(#"{"a": tru}"#).contains("unknown word"))
        #expect(problem("{'a': 1}").contains("expected a name in double quotes"))
    }

    @Test("Damaged YAML is refused where it is damaged")
    func damagedYAML() {
        #expect(problem("", as: .yaml) == "it is empty (line 1, column 1)")
        #expect(problem("# only this\n", as: .yaml) == "it is empty (line 1, column 1)")
        #expect(problem("a: \"b\n", as: .yaml).hasPrefix("it is no YAML, "))
        #expect(problem("a: b\n\tc: d\n", as: .yaml).contains("line 2"))
        #expect(problem("a: b\n---\nc: d\n", as: .yaml).hasPrefix("it is no YAML, but found another document (line 2"))
        #expect(
            problem("a: b\nc: \u{1}\n", as: .yaml).contains("control characters are not allowed (line 2, column 4)")
        )
        #expect(problem("? [a, b]\n: c\n", as: .yaml).hasPrefix("expected a name, found a list or a mapping (line 1"))
        #expect(
            problem("a: !!binary aGVsbG8=\n", as: .yaml).contains("the tag “tag:yaml.org,2002:binary” is unknown here")
        )
        #expect(problem("a: {metadata: {x: .nan}}\n", as: .yaml).contains("is no number that a store could keep"))
    }

    @Test("Bytes that are no UTF-8 are refused at the first of them")
    func noUTF8() {
        let latin = Array("{\n \"a\": \"caf".utf8) + [0xE9] + Array("\"}".utf8)
        let utf16: [UInt8] = [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]

        for format in ManifestFormat.allCases {
            #expect(problem(latin, as: format) == "it is no UTF-8 (line 2, column 11)")
            #expect(problem(utf16, as: format) == "it is no UTF-8 (line 1, column 1)")
        }
    }

    @Test("Texts that would take the machine are refused at once")
    func bombs() {
        let clock = ContinuousClock()
        let start = clock.now

        #expect(problem(String(repeating: "[", count: 1_000_000)).contains("nested more than 512 levels deep"))
        #expect(problem(String(repeating: "{\"a\":", count: 1_000_000)).contains("nested more than 512 levels deep"))
        #expect(problem("[" + String(repeating: "[],", count: 3_000_000)).contains("holds more than 1000000 values"))
        #expect(problem(String(repeating: "[", count: 100_000), as: .yaml) != "accepted")
        #expect(problem(String(repeating: "- ", count: 100_000), as: .yaml) != "accepted")
        #expect(problem(String(repeating: "? ", count: 100_000), as: .yaml) != "accepted")
        #expect(
            problem(String(repeating: "{a: ", count: 600) + "1" + String(repeating: "}", count: 600), as: .yaml)
                != "accepted"
        )
        #expect(
            problem("[" + String(repeating: "a,", count: 3_000_000), as: .yaml).contains("more values than 1000000")
        )
        let keys = String(repeating: "{? ", count: 100) + "[" + String(repeating: "a,", count: 100_000) + "]"
        #expect(problem(keys, as: .yaml) == "its names are lists or mappings (line 1, column 1)")
        #expect(
            problem(String(repeating: "? ", count: 100) + "a", as: .yaml).hasPrefix("its names are lists or mappings")
        )
        #expect(clock.now - start < .seconds(60))
    }

    @Test("Aliases of aliases are refused before they are followed, also where they are keys")
    func aliases() {
        var laughs = "a0: &a0 [lol, lol]\n"
        for level in 1..<40 { laughs += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
        #expect(
            problem(laughs, as: .yaml)
                == "anchors and aliases are not allowed in a manifest: write the value out (line 2, column 10)"
        )
        #expect(problem(laughs + "? *a39\n: x\n", as: .yaml).hasPrefix("anchors and aliases are not allowed"))
        #expect(problem("a: *b\n", as: .yaml).contains("undefined alias"))
    }

    @Test("Stars, ampersands and question marks in texts are only that")
    func starsInTexts() {
        let text = "a.txt: \"all *.csv & *all* of R&D, &amp; more\"\n"
        let questions = (0..<50).map { "q\($0).txt: Done? - no, [not yet]? {maybe}\n? \"\($0)\"\n: x\n" }.joined()

        #expect(problem(text, as: .yaml) == "accepted")
        #expect(problem(questions, as: .yaml) == "accepted")
    }

    @Test("A text longer than is read is refused by its length")
    func tooLong() {
        let bytes = [UInt8](repeating: 0x20, count: ManifestFormat.yaml.maximalBytes + 1)

        #expect(problem(bytes, as: .yaml) == "it has 8388609 bytes, and 8388608 is the most that is read")
    }

    @Test("Damage anywhere in a good manifest ends in an answer, never in a crash")
    func damagedAnywhere() {
        let json = Array(
            #"{"description":"é","entries":{"a/":{"entries":{"x":{"metadata":{"n":[1.5e3,true,null]}}}},"b":"\u00e9"}}"#
                .utf8
        )
        let yaml = Array(
            "description: é\nentries:\n  a/:\n    entries: {x: {metadata: {n: [1.5e3, true, ~]}}}\n  b: |\n    text\n  c: 'q'\n"
                .utf8
        )
        withSeed { generator in
            for (good, format) in [(json, ManifestFormat.json), (yaml, .yaml)] {
                for _ in 0..<2_000 {
                    var bytes = good
                    for _ in 0..<Int.random(in: 1...3, using: &generator) {
                        let place = Int.random(in: 0..<bytes.count, using: &generator)
                        switch Int.random(in: 0..<3, using: &generator) {
                        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                        case 1: bytes.remove(at: place)
                        default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &generator)], at: place)
                        }
                    }
                    _ = problem(bytes, as: format)
                }
            }
        }
    }
}
