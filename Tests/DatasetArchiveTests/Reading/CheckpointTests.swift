import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetArchive

@Suite("Checkpoints of a deflated member")
struct CheckpointTests {
    static let content = MemberReaderTests.text(16 << 20)
    static let archive: [UInt8] = {
        var entry = ZipBuilder.Entry("large", content)
        entry.method = .deflated
        return ZipBuilder([entry]).bytes
    }()

    private let end = UInt64(content.count)

    private func reader(_ source: MemorySource, _ checkpoints: MemoryCheckpoints) throws -> MemberReader {
        MemberReader(try ArchiveDirectory(Self.archive).members[0], in: source, checkpoints: checkpoints)
    }

    @Test("The first read of the end leaves checkpoints, from which later readers start")
    func secondReader() throws {
        let checkpoints = MemoryCheckpoints()
        let source = MemorySource(Self.archive)
        let last = Array(Self.content.suffix(65_536))

        let first = try reader(source, checkpoints).part(end - 65_536, 65_536)
        source.forgetRequests()
        let second = try reader(source, checkpoints).part(end - 65_536, 65_536)

        #expect(first == last && second == last)
        #expect(checkpoints.offsets().count == 3)
        #expect(source.transferred < UInt64(Self.archive.count) / 2)
        let sizes = checkpoints.offsets().compactMap { checkpoints.load($0)?.count }
        #expect(sizes.allSatisfy { $0 < 33_000 })
    }

    @Test("Every range read from checkpoints is the content's")
    func ranges() throws {
        let checkpoints = MemoryCheckpoints()
        let source = MemorySource(Self.archive)
        _ = try reader(source, checkpoints).part(end - 1, 1)

        try withSeed { generator in
            for _ in 0..<20 {
                let offset = Int.random(in: 0..<(Self.content.count - 10_000), using: &generator)
                let part = try reader(source, checkpoints).part(UInt64(offset), 10_000)
                #expect(part.elementsEqual(Self.content[offset..<(offset + 10_000)]))
            }
        }
        #expect(checkpoints.offsets().count == 3)
    }

    @Test("Checkpoints that were damaged, cut or are another member's are dropped, and the read is right all the same")
    func damagedCheckpoints() throws {
        let checkpoints = MemoryCheckpoints()
        let source = MemorySource(Self.archive)
        _ = try reader(source, checkpoints).part(end - 1, 1)
        let offsets = checkpoints.offsets().sorted()
        let sound = try #require(checkpoints.load(offsets[0]))
        var flipped = try #require(checkpoints.load(offsets[2]))
        flipped[flipped.count / 2] ^= 1
        checkpoints.save(flipped, at: offsets[2])
        checkpoints.save(Array(sound.prefix(40)), at: offsets[1])
        checkpoints.save(sound, at: offsets[1] + 5)

        let part = try reader(source, checkpoints).part(end - 100, 100)

        #expect(part == Array(Self.content.suffix(100)))
        #expect(checkpoints.offsets().count >= 3)
        #expect(
            offsets.allSatisfy { offset in
                checkpoints.load(offset).map { bytes in
                    let member = try? ArchiveDirectory(Self.archive).members[0]
                    return member.flatMap { InflateCheckpoint(encoded: bytes, for: $0) }?.output == offset
                } ?? true
            }
        )
    }

    @Test("A checkpoint that is sound and wrong fails one read, and is gone for the next")
    func wrongCheckpoint() throws {
        let checkpoints = MemoryCheckpoints()
        let source = MemorySource(Self.archive)
        let member = try ArchiveDirectory(Self.archive).members[0]
        _ = try reader(source, checkpoints).part(end - 1, 1)
        let last = try #require(checkpoints.offsets().max())
        var checkpoint = try #require(checkpoints.load(last).flatMap { InflateCheckpoint(encoded: $0, for: member) })
        checkpoint.crc ^= 1
        checkpoints.save(checkpoint.encoded(for: member), at: last)

        let shared = try reader(source, checkpoints)

        #expect(code { try shared.part(end - 100, 100) } == .damaged)
        #expect(try shared.part(end - 100, 100) == Array(Self.content.suffix(100)))
    }

    @Test("A checkpoint is what it was after it was written and read")
    func coding() throws {
        var member = try ArchiveDirectory(Self.archive).members[0]
        for window in [[], [7], MemberReaderTests.text(32_768), SeededGenerator.noise(32_768)] {
            let checkpoint = InflateCheckpoint(
                output: 70_000,
                input: 30_000,
                bits: 3,
                lastByte: 0xa5,
                crc: 77,
                window: window
            )
            let bytes = checkpoint.encoded(for: member)
            #expect(InflateCheckpoint(encoded: bytes, for: member) == checkpoint)
        }
        let bytes = InflateCheckpoint(output: 1, input: 1, bits: 0, lastByte: 0, crc: 0, window: []).encoded(
            for: member
        )
        member.crc32 ^= 1
        #expect(InflateCheckpoint(encoded: bytes, for: member) == nil)
    }

    @Test("Threads that read at once get what each asked for")
    func concurrentReads() async throws {
        let checkpoints = MemoryCheckpoints()
        let shared = try reader(MemorySource(Self.archive), checkpoints)
        let parts = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<6 {
                group.addTask {
                    await onThread {
                        (0..<8).allSatisfy { step in
                            let offset = (number * 2_000_000 + step * 500_000) % (Self.content.count - 200_000)
                            let part = try? shared.part(UInt64(offset), 200_000)
                            return part?.elementsEqual(Self.content[offset..<(offset + 200_000)]) == true
                        }
                    }
                }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }

        #expect(parts.count == 6 && parts.allSatisfy { $0 })
    }
}
