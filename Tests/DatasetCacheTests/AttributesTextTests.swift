import DatasetModel
import DatasetTestSupport
import FoundationEssentials
import Testing

@testable import DatasetCache

@Suite struct AttributesTextTests {
    /// Every field set, with all that JSON must escape.
    static func full(_ mark: String) -> Attributes {
        var attributes = Attributes()
        attributes.description = "\(mark) \"quoted\" \\ back\u{0}slash\nline\u{1f} ü 漢 🙂 \u{7f}"
        attributes.tags = ["\(mark)", "", "with,comma"]
        attributes.id = "\(mark) id"
        attributes.datasetID = "\(mark) dataset"
        attributes.parentID = "\(mark) parent"
        attributes.projectID = "\(mark) project"
        attributes.alias = "\(mark) alias"
        attributes.status = "\(mark) status"
        attributes.storageType = "\(mark) storage"
        attributes.contentType = "\(mark) content"
        attributes.owner = "\(mark) owner"
        attributes.share = "\(mark) share"
        attributes.originURL = "\(mark) url"
        attributes.mediaType = "\(mark) media"
        attributes.isCollection = true
        attributes.digests = Digests(md5: "\(mark) 5", crc32c: "\(mark) c", sha256: "\(mark) 2", etag: "\"\(mark)\"")
        attributes.metadata = ["b": "[1]", "a": "{\"x\":\"\(mark)\"}"]
        return attributes
    }

    /// A field that somebody adds to the type must be added to the text and to ``full(_:)`` as well.
    @Test("Every field is written and read again", arguments: ["one", "é", ""])
    func everyField(mark: String) throws {
        let attributes = Self.full(mark)

        let text = try #require(AttributesText.encode(attributes))

        for child in Mirror(reflecting: attributes).children {
            let label = try #require(child.label)
            #expect(text.contains("\"\(label)\":"), "field \(label)")
            #expect("\(child.value)" != "nil" && "\(child.value)" != "[]", "the test leaves out \(label)")
        }
        for child in Mirror(reflecting: attributes.digests).children {
            let label = try #require(child.label)
            #expect(text.contains("\"\(label)\":"), "digest \(label)")
        }
        #expect(AttributesText.decode(text) == attributes)
    }

    @Test("The text is JSON that the encoder of the type would write, but for the order")
    func sameAsEncoder() throws {
        let attributes = Self.full("x")
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]

        let ours = try #require(AttributesText.encode(attributes))

        let decoded = try JSONDecoder().decode(Attributes.self, from: Data(ours.utf8))
        #expect(try encoder.encode(decoded) == encoder.encode(attributes))
    }

    @Test("Nothing to say takes no text")
    func empty() {
        #expect(AttributesText.encode(Attributes()) == nil)
        #expect(AttributesText.decode(nil) == Attributes())
    }

    @Test("What this program did not write is not read as something")
    func foreign() {
        #expect(AttributesText.decode("") == nil)
        #expect(AttributesText.decode("{\"tags\":3}") == nil)
        #expect(AttributesText.decode("{") == nil)
    }

    @Test("Completing fills every field that is silent and none that speaks")
    func completing() {
        let full = Self.full("one")

        #expect(Attributes().completed(by: full) == full)
        #expect(full.completed(by: Attributes()) == full)
        #expect(full.completed(by: Self.full("two")) == full)
        #expect(!Attributes().contradicts(full))
        #expect(full.contradicts(Self.full("two")))
    }
}
