import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetArchive

/// What ends the writing of an archive before its end.
@Suite struct WriterFailureTests {
    private func member(_ path: String, _ content: any StagedContent) -> NewMember {
        NewMember(path, .file(content), permissions: 0o644, modified: Timestamp(seconds: 0))
    }

    private func outcome(
        _ members: [NewMember],
        to output: any ArchiveOutput & Sendable = MemoryArchive(),
        until cancellation: Cancellation = Cancellation()
    ) async -> ArchiveError? {
        await onThread { () -> ArchiveError? in
            do throws(ArchiveError) {
                _ = try ArchiveWriter().write(try ArchivePlan(members), to: output, until: cancellation)
                return nil
            } catch {
                return error
            }
        }
    }

    @Test("A cancellation in the middle ends it, and nothing is read afterwards")
    func cancelled() async throws {
        let cancellation = Cancellation()
        let reads = Mutex(0)
        let content = WatchedContent(base: ZeroContent(size: 200 << 20)) { offset in
            reads.withLock { $0 += 1 }
            if offset == 50 << 20 { cancellation.cancel() }
        }

        let error = await outcome([member("big", content)], until: cancellation)

        #expect(error?.code == .interrupted)
        #expect(error?.cause?.code == .interrupted)
        #expect(reads.withLock { $0 } < 100)
    }

    @Test("A content that cannot be read ends it with its own error and its name", arguments: [10, 5 << 20])
    func unreadable(size: Int) async throws {
        let failure = StoreError(.localFailure, "The disk is broken")
        let broken = WatchedContent(base: PlainContent([UInt8](repeating: 1, count: size))) { _ throws(StoreError) in
            throw failure
        }

        let error = await outcome([member("good", PlainContent("x")), member("x/broken", broken)])

        #expect(error?.code == .source)
        #expect(error?.cause == failure)
        #expect(error?.member == "x/broken")
    }

    private final class FullOutput: ArchiveOutput, Sendable {
        func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(StoreError) {
            if offset > 0 { throw StoreError(.localFailure, "The disk is full") }
        }
    }

    @Test("An output that takes no more ends it with its own error")
    func full() async throws {
        try await withSeed { generator in
            let noise = WriterTrees.noise(8 << 20, &generator)

            let error = await outcome([member("noise", PlainContent(noise))], to: FullOutput())

            #expect(error?.cause?.message == "The disk is full")
        }
    }

    @Test("Members in hand keep to the bound of memory, and contents are read once")
    func readOnce() async throws {
        let offsets = Mutex<[UInt64]>([])
        let content = WatchedContent(base: ZeroContent(size: 20 << 20)) { offset in
            offsets.withLock { $0.append(offset) }
        }

        #expect(await outcome([member("big", content)]) == nil)

        let pieces = offsets.withLock { $0 }.filter { $0 % (1 << 20) == 0 }
        #expect(Set(pieces).count == 20)
        // The sample looks at the beginning too.
        #expect(pieces.count <= 21)
    }
}
