import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetArchive

@Suite("Reading a member")
struct MemberReaderTests {
    /// Text that deflates to about a third, in many blocks.
    static func text(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 16)
        let words = (0..<500).map { _ in
            (0..<Int.random(in: 2...9, using: &generator)).map { _ in
                UInt8.random(in: 97...122, using: &generator)
            }
        }
        while bytes.count < count {
            bytes += words[Int.random(in: 0..<words.count, using: &generator)]
            bytes.append(32)
        }
        return Array(bytes.prefix(count))
    }

    private func open(_ entry: ZipBuilder.Entry, limits: ArchiveLimits = .standard) throws -> (
        MemberReader, MemorySource
    ) {
        let source = MemorySource(ZipBuilder([ZipBuilder.Entry("before"), entry, ZipBuilder.Entry("after")]).bytes)
        let directory = try ArchiveDirectory(reading: source, limits: limits, until: Cancellation())
        source.forgetRequests()
        return (MemberReader(directory.members[1], in: source, limits: limits), source)
    }

    private func entry(_ content: [UInt8], deflated: Bool = true) -> ZipBuilder.Entry {
        var entry = ZipBuilder.Entry("member", content)
        if deflated { entry.method = .deflated }
        return entry
    }

    @Test("A small member comes whole with one request", arguments: [true, false])
    func oneRequest(deflated: Bool) throws {
        let content = Self.text(100_000)
        var member = entry(content, deflated: deflated)
        member.localExtra = [0x55, 0x54, 9, 0] + [UInt8](repeating: 3, count: 9)
        let (reader, source) = try open(member)

        #expect(try reader.whole() == content)
        #expect(source.requests.count == 1)
        #expect(source.transferred <= reader.member.compressedSize + 256)
    }

    @Test("A stored member is a range of the archive")
    func stored() throws {
        let content = Self.text(1_000)
        let (reader, source) = try open(entry(content, deflated: false))

        let range = try #require(try reader.storedRange(until: Cancellation()))

        #expect(Array(source.bytes[Int(range.offset)..<Int(range.end)]) == content)
        #expect(try reader.part(10, 20) == Array(content[10..<30]))
        #expect(try open(entry(content)).0.storedRange(until: Cancellation()) == nil)
    }

    @Test("The local header may have another name and more extra fields than the directory")
    func longLocalHeader() throws {
        var member = entry(Self.text(5_000))
        member.localName = Array(repeating: 0x78, count: 700)
        member.localExtra = [0, 0x99, 0, 1] + [UInt8](repeating: 0, count: 256)

        #expect(try open(member).0.whole() == Self.text(5_000))
    }

    @Test("Ranges in any order are those of the content")
    func randomRanges() throws {
        let content = Self.text(6_000_000)
        let (reader, _) = try open(entry(content))

        try withSeed { generator in
            for _ in 0..<40 {
                let offset = Int.random(in: 0...content.count, using: &generator)
                let count = Int.random(in: 0...min(300_000, content.count - offset), using: &generator)
                let part = try reader.part(UInt64(offset), UInt64(count))
                #expect(part.elementsEqual(content[offset..<(offset + count)]))
            }
        }
    }

    @Test("Reading in sequence asks for every byte once")
    func sequential() throws {
        let content = Self.text(3_000_000)
        let (reader, source) = try open(entry(content))

        var read: [UInt8] = []
        while read.count < content.count {
            read += try reader.part(UInt64(read.count), UInt64(min(100_000, content.count - read.count)))
        }

        #expect(read == content)
        #expect(source.transferred <= reader.member.compressedSize + 1_024)
    }

    @Test("A sink that wants no more ends the read without an error, and the next read goes on")
    func earlyEnd() throws {
        let content = Self.text(3_000_000)
        let (reader, _) = try open(entry(content))
        let sink = CollectingSink(limit: 1_000)

        try reader.read(ByteRange(offset: 0, count: 3_000_000), into: sink, until: Cancellation())

        #expect(sink.bytes == Array(content[..<1_000]))
        #expect(try reader.part(500, 1_000) == Array(content[500..<1_500]))
    }

    @Test("A flipped bit in the content is found by the CRC", arguments: [true, false])
    func wrongChecksum(deflated: Bool) throws {
        var member = entry(Self.text(2_000_000), deflated: deflated)
        member.crc = 12_345
        let (reader, _) = try open(member)

        #expect(code { try reader.whole() } == .damaged)
        #expect(code { try reader.part(0, 2_000_000) } == .damaged)
        if deflated { #expect(code { try reader.part(1_999_000, 1_000) } == .damaged) }
        #expect(try reader.part(100, 10) == Array(Self.text(2_000_000)[100..<110]))
    }

    @Test("Content that is shorter or longer than declared is damaged", arguments: [90_000, 110_000])
    func lyingSize(declared: UInt32) throws {
        var member = entry(Self.text(100_000))
        member.size = declared
        let (reader, _) = try open(member)
        var small = ArchiveLimits.standard
        small.wholeMemberSize = 10
        let (streaming, _) = try open(member, limits: small)

        #expect(code { try reader.whole() } == .damaged)
        #expect(code { try streaming.whole() } == .damaged)
        #expect(code { try reader.part(0, 1) } == nil)
    }

    @Test("Data that are not deflate are damaged, at once and as a stream")
    func garbage() throws {
        var member = entry(Self.text(2_000_000))
        member.data = SeededGenerator.noise(700_000)
        let (reader, _) = try open(member)

        #expect(code { try reader.whole() } == .damaged)
        #expect(code { try reader.part(1_500_000, 10) } == .damaged)
    }

    @Test(
        "Members that cannot be read say why",
        arguments: [
            (CompressionMethod.deflate64, GeneralFlags(rawValue: 0), ArchiveError.Code.unsupportedMethod, "deflate64"),
            (.aesEncrypted, GeneralFlags(rawValue: 0), .encrypted, "encrypted"),
            (.deflated, GeneralFlags.encrypted, .encrypted, "encrypted"),
        ]
    )
    func unreadable(method: CompressionMethod, flags: GeneralFlags, code: ArchiveError.Code, word: String) throws {
        var member = entry([1, 2, 3])
        member.method = method
        member.data = [1, 2, 3]
        member.flags = flags
        let (reader, _) = try open(member)

        let error = #expect(throws: ArchiveError.self) { try reader.whole() }

        #expect(error?.code == code)
        #expect(error?.message.contains(word) == true)
        #expect(error?.member == "member")
    }

    @Test("A header that is not where it should be, or tells another method, is damaged")
    func wrongHeader() throws {
        var elsewhere = entry(Self.text(1_000))
        elsewhere.headerOffset = 3
        var other = entry(Self.text(1_000))
        other.localMethod = .stored

        #expect(code { try open(elsewhere).0.whole() } == .damaged)
        #expect(code { try open(other).0.whole() } == .damaged)
    }

    @Test("A failing source is told as it is, and the next read tries again")
    func failingSource() throws {
        let zip = ZipBuilder([entry(Self.text(3_000_000))]).bytes
        let member = try ArchiveDirectory(zip).members[0]
        let source = MemorySource(zip, failure: StoreError(.timedOut, "too late"), failsFrom: 2, failures: 1)
        let reader = MemberReader(member, in: source)

        let error = #expect(throws: ArchiveError.self) { try reader.part(0, 2_999_999) }

        #expect(error?.code == .source && error?.cause?.code == .timedOut && error?.member == "member")
        #expect(try reader.part(0, 2_999_999).elementsEqual(Self.text(3_000_000).dropLast()))
    }

    @Test("A read goes on where another one was interrupted")
    func goingOn() throws {
        let content = Self.text(3_000_000)
        let (reader, source) = try open(entry(content))
        let cancellation = Cancellation()
        let sink = RecordingSink { received in
            if received > 1_000_000 { cancellation.cancel() }
            return true
        }

        #expect(
            code { try reader.read(ByteRange(offset: 0, count: 2_900_000), into: sink, until: cancellation) }
                == .interrupted
        )
        #expect(try reader.part(2_000_000, 1_000_000) == Array(content[2_000_000...]))
        #expect(source.transferred <= reader.member.compressedSize + 1_024)
    }

    @Test("A cancelled read ends as interrupted")
    func cancelled() throws {
        let (reader, _) = try open(entry(Self.text(3_000_000)))
        let cancellation = Cancellation()
        cancellation.cancel()

        #expect(
            code { try reader.read(ByteRange(offset: 0, count: 10), into: CollectingSink(), until: cancellation) }
                == .interrupted
        )
    }

    @Test("An empty member is empty")
    func empty() throws {
        #expect(try open(entry([])).0.whole().isEmpty)
        #expect(try open(entry([], deflated: false)).0.part(0, 0).isEmpty)
    }
}

extension SeededGenerator {
    static func noise(_ count: Int, seed: UInt64 = 9) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return generator.bytes(count)
    }
}
