import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetArchive

/// Archives beyond what 16 and 32 bits count.
@Suite(.serialized) struct LargeArchiveTests {
    private func member(_ path: String, _ content: any StagedContent) -> NewMember {
        NewMember(path, .file(content), permissions: 0o640, modified: Timestamp(seconds: 1_700_000_000))
    }

    @Test("An archive of 70,000 members tells all of them")
    func manyMembers() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.file("many.zip")
            let members = (0..<70_000).map { member("d\($0 / 1_000)/f\($0)", PlainContent("content \($0)")) }

            let archive = try await onThread {
                let archive = try ArchiveWriter().archive(members)
                #expect(try ArchiveDirectory(reading: archive, until: Cancellation()).members.count == 70_000)
                return archive
            }

            try writeFile(archive.bytes, to: path)
            let lines = try await ZipTools.python(path)
            #expect(Set(lines) == Set(members.map(\.listing)))
            try await ZipTools.unzipTest(path)
        }
    }

    @Test("Stored and deflated members over 4 GiB, and those behind them, are found by other programs")
    func beyondFourGigabytes() async throws {
        try await withTemporaryDirectory { directory in
            let path = directory.file("large.zip")
            let size: UInt64 = 1 << 32 + 5
            let members = [
                member("a", PlainContent("first")), member("stored", ZeroContent(size: size)),
                member("z", PlainContent("last")),
            ]
            try await onThread {
                let file = SparseFile(path)
                var writer = ArchiveWriter()
                writer.isCompressing = false
                let plan = try ArchivePlan(members)
                let written = try writer.write(plan, to: file, until: Cancellation())
                #expect(written.size > size)
                #expect(written.size <= plan.largestSize)
                #expect(try ArchiveDirectory(reading: file, until: Cancellation()).members == written.members)
            }

            let script = """
                import sys, zipfile
                archive = zipfile.ZipFile(sys.argv[1])
                print([(i.filename, i.file_size, i.compress_size) for i in archive.infolist()])
                print(archive.read("a"), archive.read("z"), archive.open("stored").read(10))
                """
            let result = try await runProgram("python3", ["-c", script, path])
            let wanted = "[('a', 5, 5), ('stored', \(size), \(size)), ('z', 4, 4)]\nb'first' b'last' \(zeros(10))\n"
            #expect(result.output == wanted, "\(result)")
            let last = try await runProgram("unzip", ["-p", path, "z"])
            #expect(last.output == "last", "\(last)")
        }
    }

    @Test("A member of more than 4 GiB that becomes small keeps the place for 64 bits that its header was begun with")
    func deflatedBeyondFourGigabytes() throws {
        let output = MemoryArchive()
        let size: UInt64 = 5 << 30
        let plan = try ArchivePlan([member("a", PlainContent("")), member("zeros", ZeroContent(size: size))])
        var emitter = ArchiveEmitter(plan, to: output)
        try emitter.beginMember(0, method: .stored, crc32: 0, compressedSize: 0)
        try emitter.beginMember(1, method: .deflated, crc32: 0, compressedSize: OpenDeflate.bound(size))
        try emitter.append([1, 2, 3])
        try emitter.endMember(crc32: 77)
        try emitter.finish()

        let bytes = output.bytes
        let start = Int(emitter.facts[1].headerOffset)
        let header = try #require(LocalFileHeader(bytes, at: start))
        #expect(header.crc32 == 77 && header.size == .max && header.compressedSize == .max)
        #expect(header.versionNeeded == 45)
        let extra = bytes[(start + 30 + Int(header.nameLength))...].prefix(Int(header.extraLength))
        let fields = Dictionary(uniqueKeysWithValues: ExtraFields(extra).map { ($0.id, Array($0.data)) })
        let wide = try #require(fields[ExtraFieldID.zip64.rawValue])
        #expect(wide.uint64(at: 0) == size && wide.uint64(at: 8) == 3)
        #expect(emitter.facts[1].compressedSize == 3)
    }

    private func zeros(_ count: Int) -> String { "b'" + String(repeating: "\\x00", count: count) + "'" }
}
