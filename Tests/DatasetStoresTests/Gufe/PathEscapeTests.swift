import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite("Gufe.PathEscape")
struct PathEscapeTests {
    @Test(
        "Text stands as it is",
        arguments: [
            "", "a.txt", "100%", "%41", "%C3%A9", "%c3", "caf\u{E9}", "cafe\u{301}", "%", "%%", "%F", "%25", "%2525",
            "\u{FFFD}",
        ]
    )
    func text(_ name: String) {
        #expect(Array(Gufe.PathEscape.text(of: Array(name.utf8)).utf8) == Array(name.utf8))
        #expect(Gufe.PathEscape.bytes(of: name) == Array(name.utf8))
    }

    @Test(
        "Bytes that are no UTF-8, and text that looks like their escape, are escaped",
        arguments: [
            ([0xFF], "%FF"),
            ([0x61, 0xE9, 0x62], "a%E9b"),
            ([0xC3], "%C3"),
            ([0xED, 0xA0, 0x80], "%ED%A0%80"),
            ([0xC0, 0xAF], "%C0%AF"),
            ([0x25, 0xFF], "%%FF"),
            ([0xC3, 0xA9, 0xFF], "\u{E9}%FF"),
            (Array("%FF".utf8), "%25FF"),
            (Array("%25FF".utf8), "%2525FF"),
            (Array("%25".utf8) + [0xFF], "%2525%FF"),
        ] as [([UInt8], String)]
    )
    func escape(_ name: [UInt8], _ text: String) {
        #expect(Gufe.PathEscape.text(of: name) == text)
        #expect(Gufe.PathEscape.bytes(of: text) == name)
    }

    @Test("Any bytes come back, and no two names share a text")
    func roundTrip() {
        withSeed { generator in
            // Mostly what escapes are made of, so that nested and broken ones come up.
            let alphabet = Array("%25CFf8a".utf8) + [0xFF, 0xC3, 0xA9, 0x80]
            var names: [String: [UInt8]] = [:]
            for _ in 0..<20_000 {
                let length = Int.random(in: 0...9, using: &generator)
                let name = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
                let text = Gufe.PathEscape.text(of: name)
                #expect(Gufe.PathEscape.bytes(of: text) == name, "\(name)")
                if let other = names.updateValue(name, forKey: text) { #expect(other == name, "both are “\(text)”") }
            }
            for _ in 0..<2_000 {
                let name = generator.bytes(Int.random(in: 0...255, using: &generator))
                #expect(Gufe.PathEscape.bytes(of: Gufe.PathEscape.text(of: name)) == name, "\(name)")
            }
        }
    }

    @Test("Any text is the text of the bytes it stands for")
    func texts() {
        withSeed { generator in
            let alphabet = Array("%25CF8A9")
            for _ in 0..<20_000 {
                let length = Int.random(in: 0...9, using: &generator)
                let text = String((0..<length).map { _ in alphabet.randomElement(using: &generator) ?? "%" })
                #expect(Gufe.PathEscape.text(of: Gufe.PathEscape.bytes(of: text)) == text)
            }
        }
    }
}
