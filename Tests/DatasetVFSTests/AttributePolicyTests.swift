import DatasetModel
import Testing

@testable import DatasetVFS

@Suite("AttributePolicy")
struct AttributePolicyTests {
    private var subject: AttributePolicy.Subject {
        var node = Node(location: Location("l"), name: "n", kind: .file, size: 3, version: Version("v7"))
        node.created = Timestamp(seconds: 1_700_000_000)
        node.modified = Timestamp(seconds: 1_700_000_001)
        var attributes = Attributes()
        attributes.description = "what it is"
        attributes.tags = ["a", "b"]
        attributes.id = "i"
        attributes.datasetID = "d"
        attributes.parentID = "p"
        attributes.projectID = "pr"
        attributes.alias = "al"
        attributes.status = "active"
        attributes.storageType = "gcs"
        attributes.contentType = "file"
        attributes.owner = "o"
        attributes.share = "private"
        attributes.originURL = "https://example.org/e/i"
        attributes.mediaType = "text/csv"
        attributes.digests = Digests(md5: "m", crc32c: "c", sha256: "s", etag: "\"e\"")
        attributes.metadata = ["k": "\"plain\"", "n": "1.5", "o": "{\"x\":[1]}", "q": "\"a\\nb\""]
        node.attributes = attributes
        return AttributePolicy.Subject(node: node, state: .partial, error: "read: no", files: 4, bytes: 5)
    }

    @Test(
        "Every attribute of the table has its value",
        arguments: [
            ("user.description", "what it is"), ("user.tags", "a,b"), ("user.xdg.comment", "what it is"),
            ("user.xdg.tags", "a,b"), ("user.mime_type", "text/csv"),
            ("user.xdg.origin.url", "https://example.org/e/i"),
            ("user.datasetfs.id", "i"), ("user.datasetfs.dataset_id", "d"), ("user.datasetfs.parent_id", "p"),
            ("user.datasetfs.project_id", "pr"), ("user.datasetfs.alias", "al"), ("user.datasetfs.status", "active"),
            ("user.datasetfs.storage_type", "gcs"), ("user.datasetfs.content_type", "file"),
            ("user.datasetfs.version", "v7"), ("user.datasetfs.owner", "o"),
            ("user.datasetfs.created_at", "2023-11-14T22:13:20Z"),
            ("user.datasetfs.modified_at", "2023-11-14T22:13:21Z"),
            ("user.datasetfs.share", "private"), ("user.datasetfs.md5", "m"), ("user.datasetfs.crc32c", "c"),
            ("user.datasetfs.sha256", "s"), ("user.datasetfs.etag", "\"e\""), ("user.datasetfs.state", "partial"),
            ("user.datasetfs.error", "read: no"), ("user.datasetfs.dir.files", "4"), ("user.datasetfs.dir.bytes", "5"),
            ("user.datasetfs.meta", #"{"k": "plain", "n": 1.5, "o": {"x":[1]}, "q": "a\nb"}"#),
            ("user.datasetfs.meta.k", "plain"), ("user.datasetfs.meta.n", "1.5"),
            ("user.datasetfs.meta.o", #"{"x":[1]}"#), ("user.datasetfs.meta.q", #""a\nb""#),
        ]
    )
    func value(name: String, expected: String) {
        #expect(AttributePolicy.value(of: name, for: subject) == expected)
    }

    @Test(
        "What is not known has no value",
        arguments: ["user.other", "user.datasetfs.meta.none", "user.datasetfs.", ""]
    )
    func none(name: String) {
        #expect(AttributePolicy.value(of: name, for: subject) == nil)
    }

    @Test("A thing that says nothing has no attribute at all")
    func silent() {
        let subject = AttributePolicy.Subject(node: Node(location: .root, name: "", kind: .directory))

        #expect(AttributePolicy.names(for: subject, all: true).isEmpty)
    }

    @Test("Only what can be set and makes sense to copy is listed, unless all are wanted")
    func names() {
        #expect(AttributePolicy.names(for: subject, all: false) == ["user.description", "user.tags"])
        let all = AttributePolicy.names(for: subject, all: true)
        #expect(all.count == 28 + 4)
        #expect(all.allSatisfy { AttributePolicy.value(of: $0, for: subject) != nil })
    }

    @Test("A metadata key that is no attribute name is in the whole, and listed by no name")
    func unfitKeys() {
        var subject = subject
        subject.node.attributes.metadata = ["a\0b": "1", String(repeating: "k", count: 300): "2", "ok": "3"]

        let names = AttributePolicy.names(for: subject, all: true).filter { $0.hasPrefix("user.datasetfs.meta.") }

        #expect(names == ["user.datasetfs.meta.ok"])
        #expect(AttributePolicy.value(of: "user.datasetfs.meta", for: subject)?.contains("a\\u0000b") == true)
    }
}
