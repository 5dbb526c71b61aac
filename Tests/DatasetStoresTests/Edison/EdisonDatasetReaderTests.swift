import DatasetTestSupport
import Testing

@testable import DatasetStores

@Suite("Edison.DatasetReader") struct EdisonDatasetReaderTests {
    private static let answer = #"""
        {"dataset": {"id":"d1","name":"A \"set\" {of} [things]","user_id":"me","created_at":"2026-01-02T03:04:05Z",
          "extra":{"a":[1,{"b":"]}"}]}},
         "data_storage_entries" : [
          {"id":"e1","name":"plain","content":"grün \u00e9\ud83d\ude00\n\"x\"","status":"active","embedding":[0.1,[2],{"a":"]"}],
           "tags":["a","b"],"parent_id":null,"dataset_id":"d1"},
          {"content":"https://example.org/a?b=c","id":"e2","name":"link","embedding":null,"nested":{"content":"inner"}},
          {"id":"e3","name":"content","content":null,"file_path":"/a/b.bin"} ] , "more": [1, 2]}
        """#

    private func read(_ text: String, chunk: Int) throws -> (Edison.DatasetRecord, [Edison.EntryRecord]) {
        var reader = Edison.DatasetReader()
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            try unsafe bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes { try unsafe reader.consume($0) }
        }
        return try reader.finish()
    }

    @Test("reads the same however the answer is cut into pieces")
    func pieces() throws {
        for chunk in Array(1...40) + [100, 200, 500, 10_000] {
            let (dataset, records) = try read(Self.answer, chunk: chunk)

            #expect(dataset.id == "d1")
            #expect(dataset.name == #"A "set" {of} [things]"#)
            #expect(records.map(\.id) == ["e1", "e2", "e3"])
            #expect(records[0].contentLength == "grün é😀\n\"x\"".utf8.count)
            #expect(records[0].content == nil)
            #expect(records[0].tags == ["a", "b"])
            #expect(records[1].content == "https://example.org/a?b=c")
            #expect(records[2].contentLength == nil)
            #expect(records[2].filePath == "/a/b.bin")
        }
    }

    @Test("counts a long text without keeping it")
    func longText() throws {
        let text = String(repeating: #"abc\u00e9\\ä\ud83d\ude00"#, count: 10_000)
        let answer = #"{"data_storage_entries":[{"id":"e1","name":"n","content":"\#(text)"}],"dataset":{"id":"d1"}}"#

        for chunk in [7, 4096, 1 << 20] {
            let (_, records) = try read(answer, chunk: chunk)

            #expect(records[0].content == nil)
            #expect(records[0].contentLength == 10_000 * "abcé\\ä😀".utf8.count)
        }
    }

    @Test("takes the older form, with the dataset's members beside its entries")
    func olderForm() throws {
        let (dataset, records) = try read(
            #"{"id":"d1","name":"old","data_storage_entries":[{"id":"e1"}],"description":"said"}"#,
            chunk: 5
        )

        #expect(dataset.name == "old")
        #expect(dataset.description == "said")
        #expect(records.map(\.name) == ["e1"])
    }

    @Test("knows the dataset before the entries have come")
    func early() throws {
        var reader = Edison.DatasetReader()
        let bytes = Array(Self.answer.utf8.prefix(260))
        try unsafe bytes.withUnsafeBytes { try unsafe reader.consume($0) }

        #expect(reader.knowsDataset)
        #expect(try reader.dataset().id == "d1")
    }

    @Test("refuses what is cut off, doubled or no such answer")
    func refusals() {
        let broken = [
            "", "[]", "null", "{}", #"{"dataset":{"id":"d"}"#, #"{"dataset":7,"data_storage_entries":[]}"#,
            #"{"dataset":{"id":"d"},"data_storage_entries":[1]}"#, #"{"dataset":{"id":"d"},"data_storage_entries":{}}"#,
            #"{"dataset":{"id":"d"},"data_storage_entries":[{"name":"no id"}]}"#,
            #"{"dataset":{"id":"d"},"data_storage_entries":[{"id":"e","name":7}]}"#,
            #"{"dataset":{"id":"d"},"data_storage_entries":[]}{}"#, #"{"dataset":{"id":"../x"}}"#, "}}}}",
        ]
        for text in broken {
            #expect(throws: Edison.Malformed.self, "\(text)") { try read(text, chunk: 3) }
        }
    }

    @Test("survives every mutation of an answer, with a value or a refusal")
    func mutations() {
        withSeed { random in
            let bytes = Array(Self.answer.utf8)
            for _ in 0..<4000 {
                let mutated = Mutation.mutate(bytes, using: &random)
                _ = try? read(String(decoding: mutated, as: UTF8.self), chunk: Int.random(in: 1...200, using: &random))
            }
        }
    }
}

/// Damages bytes at random.
enum Mutation {
    private static let tokens = [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "null", "-1", "1e999", "\\ud800", "\u{0}", "\"content\":",
        "[[[[[[[[[[", "é",
        "99999999999999999999", "true", "{\"id\":", "\"data_storage_entries\":[",
    ]

    static func mutate(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...60, using: &random)))
            case 3: bytes.insert(contentsOf: (tokens.randomElement(using: &random) ?? "").utf8, at: index)
            default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + 40)], at: index)
            }
        }
        return bytes
    }
}
