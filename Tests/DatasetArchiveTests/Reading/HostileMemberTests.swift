import DatasetSync
import Testing

@testable import DatasetArchive

@Suite("Members that lie")
struct HostileMemberTests {
    private func defects(_ entries: [ZipBuilder.Entry], limits: ArchiveLimits = .standard) throws -> [ArchiveDefect?] {
        try ArchiveDirectory(ZipBuilder(entries).bytes, limits: limits).members.map(\.defect)
    }

    private func entry(_ change: (inout ZipBuilder.Entry) -> Void) -> ZipBuilder.Entry {
        var entry = ZipBuilder.Entry("m", [UInt8](repeating: 65, count: 1_000))
        change(&entry)
        return entry
    }

    @Test("A stored member has one size, a deflated one at most 1032 bytes for each packed")
    func sizes() throws {
        let stored = entry { $0.size = 1_001 }
        let dense = entry {
            $0.method = .deflated
            $0.size = 1_000_000
        }
        let nothing = entry {
            $0.method = .bzip2
            $0.data = []
        }

        #expect(try defects([stored, dense, nothing]) == [.lyingSizes, .lyingSizes, .lyingSizes])
    }

    @Test("The densest deflate there is, is believed")
    func zeros() throws {
        var zeros = ZipBuilder.Entry("zeros", [UInt8](repeating: 0, count: 80 << 20))
        zeros.method = .deflated
        let zip = ZipBuilder([zeros]).bytes
        let member = try ArchiveDirectory(zip).members[0]

        #expect(member.size / member.compressedSize > 980)
        #expect(member.defect == nil)
        #expect(try MemberReader(member, in: MemorySource(zip)).part((80 << 20) - 5, 5) == [0, 0, 0, 0, 0])
    }

    @Test("Members over the limits of size, sum and density are bombs: listed, not unpacked")
    func bombs() throws {
        var limits = ArchiveLimits.standard
        limits.maximumMemberSize = 999
        #expect(try defects([entry { _ in }], limits: limits) == [.bomb])

        limits = .standard
        limits.maximumTotalSize = 2_500
        let three = (0..<3).map { number in entry { $0.name = Array("m\(number)".utf8) } }
        #expect(try defects(three, limits: limits) == [nil, nil, .bomb])

        limits = .standard
        limits.ratioFreeSize = 500
        limits.maximumRatio = 50
        let dense = entry {
            $0.method = .bzip2
            $0.data = [UInt8](repeating: 1, count: 10)
        }
        #expect(try defects([dense], limits: limits) == [.bomb])
        let zip = ZipBuilder([dense]).bytes
        let directory = try ArchiveDirectory(zip, limits: limits)
        #expect(code { try MemberReader(directory.members[0], in: MemorySource(zip)).whole() } == .limitExceeded)
        let tree = try ArchiveTree(directory)
        #expect(tree.node(at: "m") == 1)
        #expect(tree.problems == [ArchiveProblem(.defect(.bomb), of: "m", .unreadable)])
    }

    @Test("Members that share bytes are both refused, their neighbours are not")
    func overlaps() throws {
        var phantom = ZipBuilder.Entry("other name", [1])
        phantom.isPhantom = true
        phantom.headerOffset = 1_031
        let entries = [
            entry { _ in },
            entry { $0.name = Array("second".utf8) },
            entry { $0.name = Array("third".utf8) },
            phantom,
        ]

        #expect(try defects(entries) == [nil, .overlapping, nil, .overlapping])
    }

    @Test("A member inside of another's data is refused with it")
    func nested() throws {
        var inner = entry { $0.isPhantom = true }
        inner.headerOffset = 300
        inner.data = [1]
        inner.content = [1]

        #expect(try defects([entry { _ in }, inner]) == [.overlapping, .overlapping])
    }

    @Test("A member that would reach into the directory is out of bounds")
    func outOfBounds() throws {
        let long = entry {
            $0.compressedSize = 2_000
            $0.size = 2_000
        }
        let far = entry { $0.headerOffset = 0xffff_fff0 }

        #expect(try defects([long]) == [.outOfBounds])
        #expect(try defects([far]) == [.outOfBounds])
    }

    @Test("A local header longer than the gap before the next member is damaged when read")
    func longLocalHeader() throws {
        let zip = ZipBuilder([entry { _ in }, entry { $0.name = [0x6e] }])
        var bytes = zip.bytes
        bytes[28] = 0xff
        let source = MemorySource(bytes)
        let member = try ArchiveDirectory(bytes).members[0]

        #expect(member.defect == nil)
        #expect(code { try MemberReader(member, in: source).whole() } == .damaged)
    }

    @Test("An lzma or xz dictionary over the limit is refused before it is made")
    func dictionaries() throws {
        var member = entry {
            $0.method = .lzma
            $0.data = [9, 20, 5, 0, 0x5d, 0, 0, 0, 0x40] + [UInt8](repeating: 0, count: 100)
        }
        member.name = [0x6c]
        var limits = ArchiveLimits.standard
        limits.maximumDecoderMemory = 64 << 20
        let zip = ZipBuilder([member]).bytes
        let source = MemorySource(zip)

        let reader = MemberReader(try ArchiveDirectory(zip).members[0], in: source, limits: limits)

        #expect(code { try reader.whole() } == .limitExceeded)
    }
}
