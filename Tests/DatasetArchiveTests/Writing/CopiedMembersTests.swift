import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetArchive

/// Republishing after a change: what did not change is taken over compressed as it is.
@Suite struct CopiedMembersTests {
    private struct Old {
        var archive: MemoryArchive
        var members: [(new: NewMember, old: ArchiveMember)]
    }

    private func old(_ generator: inout SeededGenerator, count: Int) throws -> Old {
        let members = WriterTrees.random(&generator, count: count)
        let archive = MemoryArchive()
        let plan = try ArchivePlan(members)
        let written = try ArchiveWriter().write(plan, to: archive, until: Cancellation())
        return Old(archive: archive, members: Array(zip(plan.members, written.members)))
    }

    private func copy(_ pair: (new: NewMember, old: ArchiveMember)) -> NewMember {
        NewMember(pair.new.path, .copied(pair.old), permissions: pair.new.permissions, modified: pair.new.modified)
    }

    @Test("An archive of copies alone is the old archive, fetched once in large reads")
    func allCopied() async throws {
        try await withSeed { generator in
            let old = try old(&generator, count: 80)
            let again = try await onThread {
                try ArchiveWriter().archive(old.members.map { copy($0) }, copyingFrom: old.archive)
            }

            #expect(again.bytes == old.archive.bytes)
            let bytes = old.archive.reads.reduce(0) { $0 + $1.count }
            #expect(bytes <= old.archive.size)
            #expect(UInt64(old.archive.reads.count) <= old.archive.size / JobSource.copySize + 1)
        }
    }

    @Test(
        "With members added, changed, renamed and removed the rest comes over byte by byte, no byte twice",
        arguments: 0..<4
    )
    func changed(round: Int) async throws {
        try await withSeed("copying members, round \(round)") { generator in
            let old = try old(&generator, count: 120)
            var members: [NewMember] = []
            for (index, pair) in old.members.enumerated() {
                let choice = generator.next() % 12
                let isPlain = if case .file = pair.new.content { true } else { false }
                if choice == 0 { continue }
                var member = copy(pair)
                if isPlain, choice == 1 {
                    let size = Int(generator.next() % 200_000)
                    member.content = .file(PlainContent(WriterTrees.content(size: size, &generator)))
                }
                if isPlain, choice == 2 { member.path += " renamed \(index)" }
                members.append(member)
            }
            let plan = try ArchivePlan(members)

            let output = MemoryArchive()
            let written = try await onThread {
                try ArchiveWriter().write(plan, copyingFrom: old.archive, to: output, until: Cancellation())
            }

            let (before, after) = (old.archive.bytes, output.bytes)
            for (member, new) in zip(plan.members, written.members) {
                guard case .copied(let source) = member.content, source.kind != .directory else { continue }
                #expect(new.method == source.method && new.crc32 == source.crc32 && new.size == source.size)
                #expect(data(of: new, in: after) == data(of: source, in: before))
            }
            let reads = old.archive.reads.sorted { $0.offset < $1.offset }
            #expect(zip(reads, reads.dropFirst()).allSatisfy { $0.end <= $1.offset })
            try await withTemporaryDirectory { directory in
                try writeFile(after, to: directory.file("new.zip"))
                #expect(try await ZipTools.python(directory.file("new.zip")).count == members.count)
            }
        }
    }

    private func data(of member: ArchiveMember, in archive: [UInt8]) -> ArraySlice<UInt8> {
        let header = Int(member.headerOffset)
        let start = header + 30 + Int(archive.uint16(at: header + 26)) + Int(archive.uint16(at: header + 28))
        return archive[start..<(start + Int(member.compressedSize))]
    }

    @Test(
        "Members with data descriptors, other methods and long extra fields are taken over from other people's archives"
    )
    func foreign() async throws {
        let script = """
            import sys, zipfile
            class Pipe:
                def __init__(self, file): self.file = file
                def write(self, data): return self.file.write(data)
                def flush(self): pass
            archive = zipfile.ZipFile(Pipe(open(sys.argv[1], "wb")), "w")
            for number in range(40):
                info = zipfile.ZipInfo(f"dir/{39 - number} é.txt", (2001, 2, 3, 4, 5, 6))
                info.compress_type = [0, 8, 12, 14][number % 4]
                info.external_attr = 0o100640 << 16
                info.extra = b"zz" + (1000).to_bytes(2, "little") + bytes(1000)
                archive.writestr(info, f"line {number}\\n" * (number * 3000))
            archive.close()
            """
        try await withTemporaryDirectory { directory in
            let path = directory.file("foreign.zip")
            let made = try await runProgram("python3", ["-c", script, path])
            try #require(made.isSuccess, "\(made)")
            let bytes = try fileBytes(path)
            let source = MemoryArchive(bytes)

            let archive = try await onThread {
                let members = try ArchiveDirectory(reading: source, until: Cancellation()).members
                let new = members.map {
                    NewMember(
                        $0.name,
                        .copied($0),
                        permissions: $0.permissions ?? 0o644,
                        modified: $0.modified ?? Timestamp(seconds: 0)
                    )
                }
                return try ArchiveWriter().archive(new, copyingFrom: source)
            }

            try writeFile(archive.bytes, to: directory.file("new.zip"))
            let lines = try await ZipTools.python(directory.file("new.zip"))
            #expect(lines.count == 40)
            for (number, text) in (0..<40).map({ ($0, String(repeating: "line \($0)\n", count: $0 * 3_000)) }) {
                let bytes = Array(text.utf8)
                let line = "dir/\(39 - number) é.txt\t100640\t981173106\t\(bytes.count)\t\(crc32(bytes))"
                #expect(lines.contains(line), "\(line)")
            }
        }
    }

    @Test("An old archive that is not as its members say is refused, by the member's name")
    func lying() async throws {
        try await withSeed { generator in
            let old = try old(&generator, count: 5)
            let member = try #require(old.members.last { $0.old.kind != .directory })
            var wrong = member.old
            wrong.headerOffset += 1
            let members = [NewMember("x", .copied(wrong), permissions: 0o644, modified: Timestamp(seconds: 0))]

            let error = await onThread { () -> ArchiveError? in
                do throws(ArchiveError) {
                    let plan = try ArchivePlan(members)
                    _ = try ArchiveWriter().write(
                        plan,
                        copyingFrom: old.archive,
                        to: MemoryArchive(),
                        until: Cancellation()
                    )
                    return nil
                } catch {
                    return error
                }
            }

            #expect(error?.code == .damaged)
            #expect(error?.member == wrong.name)
        }
    }

    @Test("Encrypted members come over, and their password still opens them", arguments: ["traditional", "aes256"])
    func encrypted(encryption: String) async throws {
        try await withTemporaryDirectory { directory in
            let texts = (0..<3).map { String(repeating: "secret \($0)\n", count: 1_000) }
            for (index, text) in texts.enumerated() { try writeFile(Array(text.utf8), to: directory.file("f\(index)")) }
            let old = directory.file("old.zip")
            let names = texts.indices.map { "f\($0)" }
            let make =
                encryption == "aes256"
                ? ["bsdtar", "--format=zip", "--options=zip:encryption=aes256", "--passphrase=pw", "-cf", old] + names
                : ["zip", "-q", "-P", "pw", old] + names
            let made = try await runProgram(make[0], Array(make[1...]), workingDirectory: directory.path)
            try #require(made.isSuccess, "\(made)")
            let source = MemoryArchive(try fileBytes(old))

            let archive = try await onThread {
                let members = try ArchiveDirectory(reading: source, until: Cancellation()).members
                #expect(members.allSatisfy { $0.defect == .encrypted })
                // Another time than the old one: the old encryption proves its password by that.
                let new = members.map {
                    NewMember($0.name, .copied($0), permissions: 0o600, modified: Timestamp(seconds: 1_000_000_000))
                }
                let plain = NewMember("plain", .file(PlainContent("x")), permissions: 0o600, modified: new[0].modified)
                let output = MemoryArchive()
                let plan = try ArchivePlan(new + [plain])
                let written = try ArchiveWriter().write(plan, copyingFrom: source, to: output, until: Cancellation())
                #expect(output.size <= plan.largestSize)
                let read = try ArchiveDirectory(reading: output, until: Cancellation()).members
                #expect(read.map(\.defect) == written.members.map(\.defect))
                return output
            }

            try writeFile(archive.bytes, to: directory.file("new.zip"))
            let open = encryption == "aes256" ? ["bsdtar", "--passphrase=pw", "-xOf"] : ["unzip", "-P", "pw", "-p"]
            for (name, text) in zip(names + ["plain"], texts + ["x"]) {
                let result = try await runProgram(open[0], open[1...] + [directory.file("new.zip"), name])
                #expect(result.output == text, "\(result.status) \(result.error)")
            }
        }
    }

    @Test("Strongly encrypted members and devices cannot be taken over")
    func refused() throws {
        try withSeed { generator in
            let member = try #require(try old(&generator, count: 3).members.first { $0.old.kind != .directory }).old
            for change in [
                { $0.flags = [.encrypted, .strongEncryption] }, { $0.kind = .other }, { $0.defect = .overlapping },
            ]
                as [(inout ArchiveMember) -> Void]
            {
                var changed = member
                change(&changed)
                let new = NewMember("x", .copied(changed), permissions: 0, modified: Timestamp(seconds: 0))
                #expect(throws: ArchiveError.self) { try ArchivePlan([new]) }
            }
        }
    }

    @Test("The data of a run are found whatever pieces it comes in")
    func pieces() throws {
        try withSeed { generator in
            let old = try old(&generator, count: 12)
            let plan = try ArchivePlan(old.members.filter { $0.old.kind != .directory }.map { copy($0) })
            var source = JobSource(plan)
            guard case .copy(let run, _) = source.nextJob({ _ in false }) else {
                Issue.record("no run")
                return
            }
            let bytes = Array(old.archive.bytes[Int(run.range.offset)..<Int(run.range.end)])

            for size in [1, 7, 29, 30, 31, 1_000, 1 << 20, bytes.count] where size > 0 {
                var copier = RunCopier(run, of: plan)
                var found: [Int: [UInt8]] = [:]
                var current = -1
                for start in stride(from: 0, to: bytes.count, by: size) {
                    let piece = Array(bytes[start..<min(start + size, bytes.count)])
                    for action in try copier.take(piece) {
                        switch action {
                        case .begin(let index, _):
                            current = index
                            found[index] = []
                        case .data(let range): found[current, default: []] += piece[range]
                        case .end(let index): #expect(index == current)
                        }
                    }
                }
                #expect(copier.isComplete)
                for (index, member) in plan.members.enumerated() {
                    guard case .copied(let member) = member.content, run.members.contains(index) else { continue }
                    #expect(found[index] == Array(data(of: member, in: old.archive.bytes)))
                }
            }
        }
    }
}
