import DatasetModel
import DatasetTestSupport
import Testing

@testable import DatasetVFS

@Suite("TreeName")
struct TreeNameTests {
    private static let hostile: [String] = [
        "", ".", "..", "...", "/", "//", "\0", "a/b", "a\0b", "／", "．", "．．", "．/", "./", "../x", ".datasetfs",
        "．datasetfs", ".datasetfs/", "%", "%%", "%F", "%FF", "%00", "%25", "%2525", "%EF%BC%8F", "%EF%BC%8E", "%/",
        "%\0",
        "%2\0", "%2\u{0}5", "%E／", "%EF%BC%8", "e\u{301}", "é", ".\u{301}", "/\u{301}", "．\u{301}", "\u{301}",
        "%\u{301}",
        "%2\u{301}5", "\0\u{301}", "\u{FEFF}.", "a.", ".a", "🧬/🧪", "\u{1F468}\u{200D}\u{1F469}", "\n", "\u{7F}", " ",
        "-rf",
        String(repeating: "x", count: 300), String(repeating: "é", count: 200), String(repeating: "/", count: 255),
    ]

    @Test("Every name becomes one a directory can hold, and can be had back", arguments: hostile)
    func roundTrip(name: String) {
        let escaped = TreeName.escaped(name)

        #expect(isFit(escaped), "\(escaped.debugDescription)")
        #expect(Array(TreeName.unescaped(escaped).utf8) == Array(name.utf8))
    }

    @Test("So does any mixture of the hostile parts, and no two names meet")
    func fuzz() {
        withSeed { generator in
            let parts = Self.hostile.filter { $0.utf8.count < 30 } + ["2", "5", "E", "F", "B", "C", "8", "0", "a"]
            var seen: [[UInt8]: [UInt8]] = [:]
            for _ in 0..<20_000 {
                let count = Int.random(in: 0...6, using: &generator)
                let name = (0..<count).compactMap { _ in parts.randomElement(using: &generator) }.joined()
                let escaped = TreeName.escaped(name)
                #expect(isFit(escaped), "\(name.debugDescription) became \(escaped.debugDescription)")
                #expect(Array(TreeName.unescaped(escaped).utf8) == Array(name.utf8), "\(name.debugDescription)")
                let other = seen.updateValue(Array(name.utf8), forKey: Array(escaped.utf8))
                #expect(other == nil || other == Array(name.utf8), "\(name.debugDescription) meets another")
            }
        }
    }

    @Test(
        "An ordinary name stays as it is",
        arguments: [
            "a.csv", "100%", "50%_x", ".profile", "été", "a．b", "x (2).md", "…", "v%20.txt", "a%2Fb.csv", "w%2541.txt",
            "%25",
            "．x", "．．", "a%FF",
        ]
    )
    func ordinary(name: String) {
        #expect(TreeName.escaped(name) == name)
    }

    @Test("A name that is made in the tree is the same when it comes back from the store")
    func made() {
        withSeed { generator in
            let parts = Self.hostile.filter { $0.utf8.count < 30 } + ["2", "5", "25", "E", "F", "00", "a", "41", "."]
            for _ in 0..<20_000 {
                let count = Int.random(in: 1...6, using: &generator)
                let name = (0..<count).compactMap { _ in parts.randomElement(using: &generator) }.joined()
                guard isFit(name) else { continue }
                let back = TreeName.escaped(TreeName.unescaped(name))
                #expect(
                    Array(back.utf8) == Array(name.utf8),
                    "\(name.debugDescription) became \(back.debugDescription)"
                )
            }
        }
    }

    @Test(
        "The parts of a name",
        arguments: [
            ("a.tar.gz", "a.tar", ".gz"), (".profile", ".profile", ""), ("a.", "a.", ""), ("a", "a", ""),
            ("v1. final draft", "v1. final draft", ""), ("", "", ""),
            ("a." + String(repeating: "b", count: 40), "", ""),
        ]
    )
    func parts(name: String, stem: String, ext: String) {
        let (gotStem, gotExtension) = TreeName.split(name)

        #expect(gotStem == (name.utf8.count > 40 ? name : stem))
        #expect(gotExtension == ext)
    }

    @Test("A name too long is cut to what a directory entry holds; its extension stays")
    func shortens() {
        let name = String(repeating: "é", count: 200) + ".csv"
        let short = TreeName.shortened(name, key: name)

        #expect(short.utf8.count <= 255 && short.utf8.count > 250)
        #expect(short.hasSuffix(".csv"))
        #expect(short == TreeName.shortened(name, key: name))
        #expect(short != TreeName.shortened(name, key: name + "x"))
    }

    private func isFit(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return !bytes.isEmpty && !bytes.contains(0) && !bytes.contains(UInt8(ascii: "/")) && bytes != [0x2E]
            && bytes != [0x2E, 0x2E] && bytes != Array(TreeName.control.utf8)
    }
}
