import Testing

@testable import DatasetCache

@Suite struct ExactTextTests {
    static let composed = "caf\u{e9}"
    static let decomposed = "cafe\u{301}"

    @Test("Two spellings of one character are two texts")
    func spellings() {
        #expect(Self.composed == Self.decomposed)
        #expect(ExactText(Self.composed) != ExactText(Self.decomposed))
        #expect(Set([ExactText(Self.composed), ExactText(Self.decomposed)]).count == 2)
        #expect(ExactText("") == ExactText(""))
        #expect(ExactText("a") == ExactText("a"))
        #expect(ExactText("a") != ExactText("b"))
        #expect(ExactText("a") != ExactText("ab"))
    }

    @Test(
        "Any text survives the way into the file",
        arguments: ["", "a", "\u{0}", "\u{1}", "a\u{0}b\u{1}0\u{1}1", composed]
    )
    func stored(text: String) {
        let stored = StoredText.encode(text)

        #expect(!stored.utf8.contains(0))
        #expect(StoredText.decode(stored).isExactly(text))
    }
}
