import DatasetManifest
import DatasetTestSupport
import Testing

@Suite("Manifest: statements, merging, rendering")
struct ManifestValueTests {
    private func manifest(_ text: String) throws -> Manifest {
        try Manifest(parsing: Array(text.utf8), as: .json)
    }

    private func text(_ manifest: Manifest, as format: ManifestFormat = .json) -> String {
        String(decoding: manifest.rendered(as: format), as: UTF8.self)
    }

    @Test("Statements come parents first, names in the order of their bytes, and only what says something")
    func statements() throws {
        let manifest = try manifest(
            #"{"description": "top", "entries": {"b": "B", "a/": {"entries": {"z": "Z", "y": {"metadata": {"k": [1, 2]}}}}, "c": {}}}"#
        )

        #expect(manifest.statements.map(\.path) == [[], ["a", "y"], ["a", "z"], ["b"]])
        #expect(manifest.statements[0].isDirectory)
        #expect(manifest.statements[0].description == "top")
        #expect(manifest.statements[1].metadata == ["k": "[1, 2]"])
        #expect(manifest.statements[1].description == nil)
    }

    @Test("Of what is so already nothing is left to apply")
    func differences() throws {
        let present = try manifest(
            #"{"entries": {"a": {"description": "A", "metadata": {"k": 1, "l": "x"}}, "b": "B"}}"#
        )
        let edited = try manifest(
            #"{"entries": {"a": {"description": "A", "metadata": {"k": 2, "l": "x", "gone": null}}, "b": "", "c": ""}}"#
        )

        let statements = edited.statements(differingFrom: present)

        #expect(present.statements(differingFrom: present).isEmpty)
        #expect(statements.map(\.path) == [["a"], ["b"]])
        #expect(statements[0].description == nil)
        #expect(statements[0].metadata == ["k": "2"])
        #expect(statements[1].description == "")
    }

    @Test("A difference in the normal form of a letter is a difference")
    func differentForms() throws {
        let composed = try manifest("{\"a\": \"\u{E9}\"}")
        let decomposed = try manifest("{\"a\": \"e\u{301}\"}")

        #expect(decomposed.statements(differingFrom: composed).count == 1)
    }

    @Test("Of two manifests the newer one holds, field by field")
    func overlaid() throws {
        let older = try manifest(
            #"{"description": "old", "entries": {"a": "A", "d/": {"entries": {"x": {"description": "X", "metadata": {"k": 1, "l": 1}}}}}}"#
        )
        let newer = try manifest(
            #"{"entries": {"b": "B", "d/": {"description": "D", "entries": {"x": {"metadata": {"k": 2}}}}}}"#
        )

        let both = older.overlaid(by: newer)

        #expect(both.root.description == "old")
        #expect(both.root.entries.map(\.name) == ["a", "b", "d"])
        #expect(both.entry(at: ["d"])?.description == "D")
        #expect(both.entry(at: ["d", "x"])?.description == "X")
        #expect(
            both.entry(at: ["d", "x"])?.metadata == [
                ManifestMember("k", .number("2")), ManifestMember("l", .number("1")),
            ]
        )
        #expect(older.overlaid(by: Manifest()) == older)
        #expect(Manifest().overlaid(by: older) == older)
    }

    @Test("The part of a directory below is a manifest of its own, and comes back by its place")
    func below() throws {
        let manifest = try manifest(#"{"a": {"b": {"description": "B", "entries": {"c": "C"}}}}"#)

        let part = manifest.below(["a", "b"])

        #expect(part.root.description == "B")
        #expect(part.entry(at: ["c"])?.description == "C")
        #expect(part.placed(at: ["a", "b"]) == manifest)
        #expect(manifest.below(["x"]) == Manifest())
    }

    @Test("Rendered JSON is sorted, indented, and the same for the same statements")
    func renderedJSON() throws {
        let one = try manifest(
            #"{"entries": {"b": "B\n", "a/": {"metadata": {"y": {"q": 1, "p": 2}, "x": []}, "description": "A"}}}"#
        )
        let other = try manifest(
            #"{"a/": {"description": "A", "metadata": {"x": [], "y": {"p": 2, "q": 1}}}, "b": "B\n"}"#
        )

        #expect(
            text(one) == """
                {
                  "entries": {
                    "a/": {
                      "description": "A",
                      "metadata": {
                        "x": [],
                        "y": {
                          "p": 2,
                          "q": 1
                        }
                      }
                    },
                    "b": "B\\n"
                  }
                }

                """
        )
        #expect(text(one) == text(other))
        #expect(text(one, as: .yaml) == text(other, as: .yaml))
    }

    @Test("Rendered YAML puts in quotes what could be taken for something else")
    func renderedYAML() throws {
        let manifest = try manifest(
            #"{"description": "yes", "entries": {"no": "N", "a.csv": "x: y # z", "2024": "1", "d/": {"entries": {"*": "s"}}}}"#
        )

        #expect(
            text(manifest, as: .yaml) == """
                description: "yes"
                entries:
                  "2024": "1"
                  a.csv: "x: y # z"
                  d/:
                    entries:
                      "*": "s"
                  "no": "N"

                """
        )
        #expect(text(Manifest()) == "{\n  \"entries\": {}\n}\n")
        #expect(text(Manifest(), as: .yaml) == "entries: {}\n")
    }

    @Test("Whatever is rendered reads back as it was, in both languages, in a directory of any name")
    func roundTrips() throws {
        try withSeed { (generator: inout SeededGenerator) in
            for _ in 0..<300 {
                let manifest = Manifest(root: ManifestEntry.random(named: "", depth: 3, using: &generator))
                let name = manifest.root.entries.first?.name ?? "x"
                for format in ManifestFormat.allCases {
                    let bytes = manifest.rendered(as: format)
                    let again = try Manifest(parsing: bytes, as: format, directoryName: name)
                    #expect(
                        again.rendered(as: .json) == manifest.rendered(as: .json),
                        "\(String(decoding: bytes, as: UTF8.self))"
                    )
                }
            }
        }
    }
}

extension ManifestEntry {
    private static let texts = [
        "", "a", "é", "e\u{301}", "😀", "\u{85}x\u{2028}\u{FEFF}\u{FFFE}", "\u{7F}\u{1}\t\r\n", "- a", "yes", "null",
        "12", "1e5",
        "#", "&a *b", "!t", "%x", "@", "`", "'", "\"", "\\", "{", "[", "a: b", "a #b", " a ", "?", "|", ">", "~", "<<",
        "=", "---", "...",
        "description", "metadata", "entries", String(repeating: "long ", count: 50),
    ]

    fileprivate static func random(
        named name: String,
        depth: Int,
        using generator: inout SeededGenerator
    ) -> ManifestEntry {
        var names = Set<String>()
        var entries: [ManifestEntry] = []
        for _ in 0..<(depth == 0 ? 0 : Int.random(in: 0...4, using: &generator)) {
            let text =
                (texts.randomElement(using: &generator) ?? "") + String(Int.random(in: 0...99, using: &generator))
            let name = String(decoding: text.utf8.prefix(250), as: UTF8.self)
            guard names.insert(name).inserted else { continue }
            entries.append(random(named: name, depth: depth - 1, using: &generator))
        }
        let metadata = (0..<Int.random(in: 0...2, using: &generator)).map { number in
            let key =
                "\(number)" + (texts.randomElement(using: &generator) ?? "")
                + (Bool.random(using: &generator) ? "" : String(repeating: "k", count: 1500))
            return ManifestMember(key, ManifestValue.random(depth: 2, using: &generator))
        }
        return ManifestEntry(
            name: name,
            description: Bool.random(using: &generator) ? texts.randomElement(using: &generator) : nil,
            metadata: metadata,
            isDirectory: Bool.random(using: &generator),
            entries: entries
        )
    }
}

extension ManifestValue {
    fileprivate static func random(depth: Int, using generator: inout SeededGenerator) -> ManifestValue {
        switch Int.random(in: 0..<(depth == 0 ? 4 : 6), using: &generator) {
        case 0: .null
        case 1: .bool(Bool.random(using: &generator))
        case 2: .number(["0", "-1", "1.50", "1E+5", "12345678901234567890"].randomElement(using: &generator) ?? "0")
        case 3: .text(["", "x", "null", "1", "\u{2028}\n"].randomElement(using: &generator) ?? "")
        case 4: .list((0..<2).map { _ in random(depth: depth - 1, using: &generator) })
        default: .mapping((0..<2).map { ManifestMember("k \($0)", random(depth: depth - 1, using: &generator)) })
        }
    }
}
