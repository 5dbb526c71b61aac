import DatasetModel
import DatasetSync
import Testing

@testable import DatasetArchive

@Suite("Large directories")
struct LargeDirectoryTests {
    /// A stored member behind 5 GiB, the directory behind that, all offsets in 64 bits.
    private func source(recordGap: Int = 0) -> (SparseSource, content: [UInt8]) {
        let start: UInt64 = 5 << 30
        var entry = ZipBuilder.Entry("far", MemberReaderTests.text(3_000))
        var wide: [UInt8] = []
        ExtraFields.appendZip64(size: 3_000, compressedSize: 3_000, headerOffset: start, to: &wide)
        entry.centralExtra = wide
        entry.size = .max
        entry.compressedSize = .max
        entry.headerOffset = .max
        let bytes = ZipBuilder([entry]).bytes
        let end = bytes.count - EndRecord.fixedLength
        guard let plain = EndRecord(bytes, at: end) else { return (SparseSource(size: 0, pieces: [:]), []) }
        var tail = Array(bytes[..<end])
        let record = start + UInt64(tail.count)
        Zip64EndRecord(
            versionMadeBy: 45,
            versionNeeded: 45,
            membersHere: 1,
            members: 1,
            directorySize: UInt64(plain.directorySize),
            directoryOffset: start + UInt64(plain.directoryOffset)
        ).append(to: &tail)
        tail += [UInt8](repeating: 0, count: recordGap)
        Zip64Locator(recordOffset: record).append(to: &tail)
        EndRecord(membersHere: .max, members: .max, directorySize: .max, directoryOffset: .max).append(to: &tail)
        return (SparseSource(size: start + UInt64(tail.count), pieces: [start: tail]), entry.content)
    }

    @Test(
        "A member behind the fourth gigabyte is read, wherever the 64-bit end record stands",
        arguments: [0, 100, 200_000]
    )
    func beyondFourGigabytes(recordGap: Int) throws {
        let (source, content) = source(recordGap: recordGap)

        let directory = try ArchiveDirectory(reading: source, until: Cancellation())

        #expect(directory.members.map(\.headerOffset) == [5 << 30])
        #expect(directory.members[0].defect == nil)
        #expect(try MemberReader(directory.members[0], in: source).whole() == content)
    }

    @Test("Members beyond 65 535 that a maker without 64-bit records counted modulo 65 536 are all there")
    func wrappedCount() throws {
        let count = 66_000
        let zip = ZipBuilder((0..<count).map { ZipBuilder.Entry("d\($0 / 1_000)/\($0)") })

        let directory = try ArchiveDirectory(zip.bytes)
        let tree = try ArchiveTree(directory)

        #expect(directory.members.count == count)
        #expect(tree.nodes.count == count + 66 + 1)
        #expect(tree.node(at: "d65/65999") != nil)
    }
}
