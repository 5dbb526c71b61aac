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
        let answer = try answer(text, chunk: chunk)
        return (answer.dataset, answer.records)
    }

    private func answer(_ text: String, chunk: Int) throws -> Edison.DatasetAnswer {
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
            #"{"dataset":{"id":"d"},"data_storage_entries":[x]}"#, #"{"dataset":{"id":"d"},"data_storage_entries":{}}"#,
            #"{"dataset":{"id":"d"},"data_storage_entries":[1 {"id":"e"}]}"#,
            #"{"dataset":{"id":"d"},"data_storage_entries":[{"id":"e","name":}]}"#,
            #"{"dataset":{"id":"d"},"data_storage_entries":[]}{}"#, #"{"dataset":{"id":"../x"}}"#, "}}}}",
        ]
        for text in broken {
            #expect(throws: Edison.Malformed.self, "\(text)") { try read(text, chunk: 3) }
        }
    }

    @Test("leaves out and counts what is JSON but no entry, and keeps the others")
    func damagedEntries() throws {
        let damaged = [
            "1", "-2.5e3", "null", "true", #""text""#, #""a, \"b\" ]""#, "[]", #"["id", {"id":"x"}]"#, "{}",
            #"{"name":"no id"}"#, #"{"id":"x","name":7}"#, #"{"id":"x","content":["a"]}"#, #"{"id":"../x"}"#,
            #"{"id":"x","content":"text","tags":{"a":1},"embedding":[1,2]}"#, #"{"id":"x","is_collection":"no"}"#,
        ]
        for text in damaged {
            let entries = #"{"id":"e1","content":"abc"} , \#(text) ,\#(text),{"id":"e2","name":"n","embedding":[3]}"#
            let answered = #"{"dataset":{"id":"d"},"data_storage_entries":[\#(entries)],"x":1}"#
            for chunk in [1, 2, 3, 7, 1000] {
                let answer = try answer(answered, chunk: chunk)
                #expect(answer.records.map(\.id) == ["e1", "e2"], "\(text) by \(chunk)")
                #expect(answer.records.map(\.contentLength) == [3, nil], "\(text) by \(chunk)")
                #expect(answer.damaged == 2, "\(text) by \(chunk)")
            }
            let only = try answer(#"{"dataset":{"id":"d"},"data_storage_entries":[\#(text)]}"#, chunk: 4)
            #expect(only.records.isEmpty && only.damaged == 1, "\(text)")
        }
    }

    @Test("whatever kind each member of one entry has, the others are read")
    func wrongKinds() throws {
        let members = [
            "id", "name", "content", "status", "is_collection", "tags", "parent_id", "project_id", "dataset_id",
            "file_path", "user_id", "share_status", "short_alias", "created_at", "modified_at", "embedding",
        ]
        let values = ["7", "true", "null", #""x""#, "[1]", #"{"content":"y","id":"z"}"#, #"["x"]"#]
        for member in members {
            for value in values {
                let bad = #"{"name":"bad","\#(member)":\#(value),"description":"d"}"#
                let answer = try answer(
                    #"{"dataset":{"id":"d"},"data_storage_entries":[{"id":"e1"},\#(bad),{"id":"e2"}]}"#,
                    chunk: 5
                )
                #expect(answer.records.count + answer.damaged == 3, "\(member): \(value)")
                #expect(Set(answer.records.map(\.id)).isSuperset(of: ["e1", "e2"]), "\(member): \(value)")
            }
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
