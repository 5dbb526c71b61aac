import DatasetTestSupport
import Foundation
import Testing

@testable import ArchiveFuzz

@Suite("The corpus of the fuzzer")
struct FuzzCorpusTests {
    private static let directory = repositoryRoot + "/Tests/ArchiveFuzz/Corpus"
    private static let names = (try? FileManager.default.contentsOfDirectory(atPath: directory).sorted()) ?? []

    @Test("Every file of the corpus keeps all promises, whole and with its end cut off")
    func replay() throws {
        #expect(Self.names.count >= 18)
        for name in Self.names {
            let data = try #require(FileManager.default.contents(atPath: "\(Self.directory)/\(name)"))
            exerciseArchive(Array(data))
            exerciseArchive(Array(data.dropLast(data.count / 3)))
        }
    }

    @Test("Archives with random bytes overwritten keep all promises")
    func mutation() throws {
        let seeds = try Self.names.map { name in
            Array(try #require(FileManager.default.contents(atPath: "\(Self.directory)/\(name)")))
        }
        try #require(!seeds.isEmpty)
        withSeed { generator in
            for _ in 0..<2_000 {
                var bytes = seeds[Int.random(in: 0..<seeds.count, using: &generator)]
                for _ in 0..<Int.random(in: 1...6, using: &generator) where !bytes.isEmpty {
                    let index = Int.random(in: 0..<bytes.count, using: &generator)
                    bytes[index] = Bool.random(using: &generator) ? .random(in: 0...255, using: &generator) : 0xff
                }
                exerciseArchive(bytes)
            }
        }
    }
}
