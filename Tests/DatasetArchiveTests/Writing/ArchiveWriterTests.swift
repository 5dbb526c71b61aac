import DatasetModel
import DatasetSync
import DatasetTestSupport
import Foundation
import Testing

@testable import DatasetArchive

@Suite struct ArchiveWriterTests {
    @Test("Random trees are read back by other programs with content, mode and time", arguments: 0..<4)
    func readBack(round: Int) async throws {
        try await withSeed("writing archives, round \(round)") { generator in
            try await withTemporaryDirectory { directory in
                let members = WriterTrees.random(
                    &generator,
                    count: [1, 12, 60, 400][round],
                    largest: round == 3 ? 70_000 : 4 << 20
                )
                let path = directory.file("archive.zip")
                let archive = try await onThread { try ArchiveWriter().archive(members) }
                try writeFile(archive.bytes, to: path)

                let lines = try await ZipTools.python(path)

                #expect(
                    lines == members.sorted { $0.storedName.lexicographicallyPrecedes($1.storedName) }.map(\.listing)
                )
                try await ZipTools.unzipTest(path)
            }
        }
    }

    @Test("bsdtar makes the same tree of it: links, modes, times and empty directories")
    func unpacked() async throws {
        try await withSeed("unpacking archives") { generator in
            try await withTemporaryDirectory { directory in
                // bsdtar takes a backslash for a slash where a name has none.
                let members = WriterTrees.random(&generator, count: 80, largest: 300_000).filter {
                    !$0.path.contains("\\")
                }
                try writeFile(
                    try await onThread { try ArchiveWriter().archive(members) }.bytes,
                    to: directory.file("a.zip")
                )
                let target = directory.file("out")
                try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)

                try await ZipTools.unpack(directory.file("a.zip"), into: target)

                for member in members {
                    let path = "\(target)/\(member.path)"
                    let attributes = try FileManager.default.attributesOfItem(atPath: path)
                    if case .symbolicLink(let wanted) = member.content {
                        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == wanted)
                        continue
                    }
                    #expect(attributes[.posixPermissions] as? Int == Int(member.permissions), "\(member.path)")
                    let time = (attributes[.modificationDate] as? Date).map { Int64($0.timeIntervalSince1970) }
                    #expect(time == member.modified.seconds, "\(member.path)")
                    if member.kind == .directory {
                        #expect(attributes[.type] as? FileAttributeType == .typeDirectory)
                    } else {
                        #expect(FileManager.default.contents(atPath: path) == Data(member.expectedBytes))
                    }
                }
            }
        }
    }

    @Test("Equal trees are equal archives, whatever the order and the number of threads")
    func deterministic() async throws {
        try await withSeed { generator in
            let members = WriterTrees.random(&generator, count: 60)
            let shuffled = members.shuffled(using: &generator)

            let (one, many) = try await onThread {
                (try ArchiveWriter(threads: 1).archive(members), try ArchiveWriter(threads: 7).archive(shuffled))
            }

            #expect(one.bytes == many.bytes)
        }
    }

    @Test("An empty tree is an archive")
    func empty() async throws {
        try await withTemporaryDirectory { directory in
            let archive = try await onThread { try ArchiveWriter().archive([]) }
            #expect(archive.size == 22)
            try writeFile(archive.bytes, to: directory.file("empty.zip"))
            #expect(try await ZipTools.python(directory.file("empty.zip")).isEmpty)
        }
    }

    @Test("What does not become smaller is stored, large or small; what does is not")
    func stored() async throws {
        try await withSeed { generator in
            let noise = WriterTrees.noise(3 << 20, &generator)
            let text = [UInt8](repeating: 65, count: 3 << 20)
            let members = [
                ("large noise", noise), ("noise", Array(noise.prefix(100_000))), ("tiny", [1]), ("none", []),
                ("large text", text), ("text", Array(text.prefix(100_000))),
            ].map { NewMember($0, .file(PlainContent($1)), permissions: 0o644, modified: Timestamp(seconds: 0)) }

            let written = try await onThread {
                try ArchiveWriter().write(try ArchivePlan(members), to: MemoryArchive(), until: Cancellation())
            }

            let deflated = written.members.filter { $0.method == .deflated }.map(\.name)
            #expect(deflated == ["large text", "text"])
            #expect(written.storedMembers == 4)
        }
    }

    @Test("What it says of its members is what its directory says, and our reader finds every content")
    func writtenFacts() async throws {
        try await withSeed { generator in
            let members = WriterTrees.random(&generator, count: 50)
            try await onThread {
                let output = MemoryArchive()
                let written = try ArchiveWriter().write(try ArchivePlan(members), to: output, until: Cancellation())
                let directory = try ArchiveDirectory(reading: output, until: Cancellation())
                #expect(written.members == directory.members)
                let contents = Dictionary(uniqueKeysWithValues: members.map { ($0.storedName, $0.expectedBytes) })
                for member in directory.members {
                    var bytes = [UInt8](repeating: 0, count: Int(member.size))
                    let reader = MemberReader(member, in: output)
                    unsafe try bytes.withUnsafeMutableBytes {
                        try unsafe reader.readWhole(into: $0, until: Cancellation())
                    }
                    #expect(bytes == contents[Array(member.name.utf8)], "\(member.name)")
                }
            }
        }
    }

    @Test("Paths that no tree has are refused, by name", arguments: ["", "/a", "a/", "a//b", "a/../b", ".", "a\0b"])
    func wrongPaths(path: String) {
        let member = NewMember(path, .directory, permissions: 0o755, modified: Timestamp(seconds: 0))
        let error = #expect(throws: ArchiveError.self) { try ArchivePlan([member]) }
        #expect(error?.code == .invalid)
        #expect(error?.member == path)
    }

    @Test("Two members of one path, and a file that is a directory, are refused; composed and decomposed names are two")
    func twins() throws {
        func plan(_ paths: [(String, NewMember.Content)]) throws(ArchiveError) -> ArchivePlan {
            try ArchivePlan(paths.map { NewMember($0, $1, permissions: 0o755, modified: Timestamp(seconds: 0)) })
        }
        let file = NewMember.Content.file(PlainContent(""))

        for paths in [
            [("a", file), ("a", file)], [("a", file), ("a", .directory)], [("a", file), ("a-b", file), ("a/b", file)],
        ] {
            #expect(throws: ArchiveError.self) { try plan(paths) }
        }
        #expect(try plan([("é", file), ("e\u{301}", file), ("a/b", file), ("a", .directory)]).memberCount == 4)
    }
}
