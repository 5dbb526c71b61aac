import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetArchive

@Suite("Archives made by real tools")
struct RealToolsTests {
    /// What a tool is told to make `out.zip` of the directory `tree` with; `.` is the directory above.
    enum Tool: String, CaseIterable, CustomTestStringConvertible {
        case zip = "cd tree && zip -qry ../out.zip ."
        case zipStored = "cd tree && zip -qry0 ../out.zip ."
        case zipStreamed = "cd tree && zip -qry - . > ../out.zip"
        case zipNoDirectories = "cd tree && zip -qryD ../out.zip ."
        case zipBzip2 = "cd tree && zip -qry -Z bzip2 ../out.zip ."
        case sevenZip = "cd tree && 7z a -snl -bso0 -bsp0 ../out.zip ."
        case sevenZipLZMA = "cd tree && 7z a -snl -bso0 -bsp0 -mm=LZMA ../out.zip ."
        case bsdtar = "cd tree && bsdtar --format zip -cf ../out.zip ."
        case bsdtarStreamed = "cd tree && bsdtar --format zip -cf - . > ../out.zip"

        var testDescription: String { rawValue }
        /// Empty directories are not told.
        var dropsDirectories: Bool { self == .zipNoDirectories }
    }

    @Test("What was packed is read: names, kinds, content, modes and links", arguments: Tool.allCases)
    func packed(tool: Tool) async throws {
        try await withTemporaryDirectory { directory in
            let tree = try withSeed("packed(\(tool))") { generator in
                try PlantedTree(in: directory.file("tree"), &generator)
            }
            let run = try await runProgram("/bin/sh", ["-c", tool.rawValue], workingDirectory: directory.path)
            try #require(run.isSuccess, "\(run)")
            let source = MemorySource(
                Array(try #require(FileManager.default.contents(atPath: directory.file("out.zip"))))
            )

            let found = try ReadTree(source)

            #expect(found.problems.isEmpty)
            #expect(found.files == tree.files)
            #expect(found.links == tree.links)
            #expect(found.directories == tree.directories.filter { !tool.dropsDirectories || tree.isFilled($0) })
            #expect(found.modes.filter { tree.files[$0.key] != nil } == tree.modes)
            #expect(found.times.filter { tree.files[$0.key] != nil } == tree.times)
        }
    }

    @Test("Python's zipfile and this reader see the same", arguments: 0..<6)
    func python(round: UInt64) async throws {
        try await withTemporaryDirectory { directory in
            let script = repositoryRoot + "/Tests/DatasetArchiveTests/Reading/Support/random_archive.py"
            let seed = SeededGenerator.mix(round)
            let run = try await runProgram("/usr/bin/env", ["python3", script, "\(seed)", directory.file("out.zip")])
            try #require(run.isSuccess, "\(run)")
            let source = MemorySource(
                Array(try #require(FileManager.default.contents(atPath: directory.file("out.zip"))))
            )

            let members = try ArchiveDirectory(source.bytes).members
            let lines = try members.map { member in
                let content = try MemberReader(member, in: source).whole()
                let time = member.modified?.seconds ?? 0
                return "\(hex(member.name)) \(content.count) \(crc32(content)) \(member.permissions ?? 0) \(time)"
            }

            #expect(lines == run.output.split(separator: "\n").map(String.init))
        }
    }

    @Test(
        "Every method with a library of its own is unpacked",
        arguments: ["bzip2", "lzma", "xz", "zstd", "descriptor"]
    )
    func methods(name: String) throws {
        let path = "\(repositoryRoot)/Tests/ArchiveFuzz/Corpus/\(name).zip"
        let source = MemorySource(Array(try #require(FileManager.default.contents(atPath: path))))
        let member = try ArchiveDirectory(reading: source, until: Cancellation()).members[0]
        let text = Array(String(repeating: "the quick brown fox jumps over the lazy dog. ", count: 20).utf8)

        #expect(try MemberReader(member, in: source).whole() == text)
        #expect(try MemberReader(member, in: source).part(450, 45) == Array(text[..<45]))
    }

    private func hex(_ text: String) -> String {
        text.utf8.map { String(format: "%02x", $0) }.joined()
    }
}
