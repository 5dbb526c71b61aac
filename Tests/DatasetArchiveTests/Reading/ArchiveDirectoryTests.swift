import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetArchive

@Suite("The directory of an archive")
struct ArchiveDirectoryTests {
    private func builder(_ count: Int) -> ZipBuilder {
        ZipBuilder((0..<count).map { ZipBuilder.Entry("file-\($0).txt", Array("content \($0)".utf8)) })
    }

    @Test("A small archive costs one read, a larger directory one more")
    func requests() throws {
        let small = MemorySource(builder(3).bytes)
        let large = MemorySource(builder(2_000).bytes)

        let few = try ArchiveDirectory(reading: small, until: Cancellation())
        let many = try ArchiveDirectory(reading: large, until: Cancellation())

        #expect(few.members.map(\.name) == ["file-0.txt", "file-1.txt", "file-2.txt"])
        #expect(small.requests.count == 1)
        #expect(many.members.count == 2_000)
        #expect(many.members.allSatisfy { $0.defect == nil })
        #expect(large.requests.count == 2)
        #expect(large.transferred < 200_000)
    }

    @Test("An archive without members has an empty tree")
    func empty() throws {
        let directory = try ArchiveDirectory(ZipBuilder([]).bytes)

        #expect(directory.members.isEmpty)
        #expect(try ArchiveTree(directory).nodes.count == 1)
    }

    @Test(
        "Bytes before the archive are corrected for, whether the offsets know of them or not",
        arguments: [true, false]
    )
    func prefix(counted: Bool) throws {
        var zip = builder(2)
        zip.prefix = [UInt8](repeating: 0x4d, count: 1_000)
        zip.countsPrefix = counted
        let source = MemorySource(zip.bytes)

        let directory = try ArchiveDirectory(reading: source, until: Cancellation())

        #expect(directory.prefixLength == (counted ? 0 : 1_000))
        #expect(try MemberReader(directory.members[1], in: source).whole() == Array("content 1".utf8))
    }

    @Test("64-bit end records are read, behind a comment of any length too", arguments: [0, 1, 65_535])
    func zip64(commentLength: Int) throws {
        var zip = builder(2)
        zip.isZip64 = true
        zip.comment = [UInt8](repeating: 0x20, count: commentLength)

        let directory = try ArchiveDirectory(zip.bytes)

        #expect(directory.members.count == 2)
        #expect(directory.comment.count == commentLength)
    }

    @Test("A comment that looks like an end record does not hide the true one")
    func commentWithSignature() throws {
        var zip = builder(2)
        var fake: [UInt8] = []
        EndRecord(membersHere: 0, members: 0, directorySize: 0, directoryOffset: 0, commentLength: 5).append(to: &fake)
        zip.comment = fake

        #expect(try ArchiveDirectory(zip.bytes).members.count == 2)
    }

    @Test("Bytes behind the archive are passed over")
    func suffix() throws {
        var zip = builder(2)
        zip.suffix = [0, 1, 2]

        #expect(try ArchiveDirectory(zip.bytes).members.count == 2)
    }

    @Test("What is no archive, half an archive and a directory elsewhere are told apart")
    func failures() {
        let whole = builder(2).bytes
        var shifted = builder(2)
        shifted.directoryShift = 10_000

        #expect(code { try ArchiveDirectory([]) } == .notAnArchive)
        #expect(code { try ArchiveDirectory([UInt8](repeating: 7, count: 100_000)) } == .notAnArchive)
        #expect(code { try ArchiveDirectory(Array(whole.dropLast(30))) } == .truncated)
        #expect(code { try ArchiveDirectory(shifted.bytes) } == .damaged)
    }

    @Test("A torn directory keeps the members before the tear")
    func torn() throws {
        var zip = builder(3)
        zip.declaredMembers = 5

        let directory = try ArchiveDirectory(zip.bytes)

        #expect(directory.members.count == 3)
        #expect(directory.problems.map(\.kind) == [.tornDirectory])
    }

    @Test("Limits on members and on the directory's size are held")
    func limits() {
        var few = ArchiveLimits.standard
        few.maximumMembers = 10
        var short = ArchiveLimits.standard
        short.maximumDirectorySize = 100

        #expect(code { try ArchiveDirectory(builder(11).bytes, limits: few) } == .limitExceeded)
        #expect(code { try ArchiveDirectory(builder(11).bytes, limits: short) } == .limitExceeded)
    }

    @Test("What the source says when it fails is kept")
    func sourceFailure() {
        let source = MemorySource(builder(1).bytes, failure: StoreError(.unreachable, "nobody answers"))

        let error = #expect(throws: ArchiveError.self) {
            _ = try ArchiveDirectory(reading: source, until: Cancellation())
        }

        #expect(error?.code == .source)
        #expect(error?.cause?.code == .unreachable)
    }
}
