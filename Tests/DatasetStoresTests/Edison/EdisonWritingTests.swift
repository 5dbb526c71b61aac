import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite(
    "Edison.Store writing to a local platform",
    .serialized,
    .enabled(if: LocalServer.absence == nil, "no datasetfs-server")
)
struct EdisonWritingTests {
    @Test("makes datasets, directories, texts, files and links, and shows them at once")
    func creation() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(["--search-delay", "3600"])
            let dataset = try world.make(.directory, "set", in: .root)
            let folder = try world.make(.directory, "folder", in: dataset.location)
            let text = try world.make(.file, "notes.txt", in: folder.location, .text("one\r\ntwo\n"))
            let file = try world.make(.file, "data.bin", in: folder.location, .pattern(seed: 1, size: 11_000_000))
            let empty = try world.make(.file, "empty", in: dataset.location, .bytes([]))
            let link = try world.make(.link(target: "https://example.org/a?b=c"), "page", in: dataset.location)

            #expect(try world.names(.root) == ["set"])
            #expect(try world.names(dataset.location) == ["empty", "folder", "page"])
            #expect(try world.names(folder.location) == ["data.bin", "notes.txt"])
            #expect(text.attributes.storageType == "raw_content")
            #expect(file.attributes.storageType == "gcs")
            #expect(link.kind == .link(target: "https://example.org/a?b=c"))
            #expect(try world.content(text.location) == Array("one\r\ntwo\n".utf8))
            #expect(try world.content(file.location) == ReferenceContent.pattern(seed: 1, size: 11_000_000).allBytes)
            #expect(try world.content(empty.location) == [])
            for node in [text, file, empty] {
                let asked = try world.store.node(at: node.location, until: world.patience)
                #expect(asked.version == node.version)
                #expect(asked.size == node.size)
            }
        }
    }

    @Test(
        "keeps the bytes of a text as they are, or stores them as a file where a text could not",
        arguments: [
            ("a.txt", Array("\u{FEFF}bom\r\n\r\tend".utf8), "raw_content"),
            ("a.TXT", Array("upper".utf8), "raw_content"),
            ("a.json", Array("{\"a\": \"\u{1F600}\u{7F}\u{1}\"}".utf8), "raw_content"),
            ("a.csv", [], "raw_content"),
            ("a.md", [0x61, 0, 0x62], "gcs"),
            ("a.yaml", [0xFF, 0xFE], "gcs"),
            ("a.log", Array("text".utf8), "gcs"),
            ("a", Array("text".utf8), "gcs"),
        ] as [(String, [UInt8], String)]
    )
    func texts(name: String, bytes: [UInt8], storage: String) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let node = try world.make(.file, name, in: dataset.location, .bytes(bytes))

            #expect(node.attributes.storageType == storage)
            #expect(node.size == UInt64(bytes.count))
            #expect(try world.content(node.location) == bytes)
            #expect(try world.names(dataset.location) == [name])
        }
    }

    @Test("removes files at the version seen, empty directories and empty datasets, and nothing else")
    func removal() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(["--search-delay", "3600"])
            let dataset = try world.make(.directory, "set", in: .root)
            let folder = try world.make(.directory, "folder", in: dataset.location)
            let file = try world.make(.file, "a.txt", in: folder.location, .text("one"))

            #expect(throws: StoreError.self) { try world.remove(dataset) }
            #expect(code { try world.remove(folder) } == .conflict)
            var stale = file
            stale.version = Version("r:00000000-0000-4000-8000-000000000000")
            #expect(code { try world.remove(stale) } == .conflict)
            try world.remove(file)
            try world.remove(file)
            #expect(try world.names(folder.location) == [])
            try world.remove(folder)
            #expect(try world.names(dataset.location) == [])
            try world.remove(dataset)
            #expect(try world.names(.root) == [])
        }
    }
}
