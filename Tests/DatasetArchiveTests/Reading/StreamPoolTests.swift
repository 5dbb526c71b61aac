import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

@testable import DatasetArchive

@Suite("Streams that several threads go on with")
struct StreamPoolTests {
    /// Keeps no checkpoint: only streams can spare anything.
    private struct Forgetful: CheckpointStore {
        func offsets() -> [UInt64] { [] }
        func load(_ offset: UInt64) -> [UInt8]? { nil }
        func save(_ bytes: [UInt8], at offset: UInt64) {}
        func discard(_ offset: UInt64) {}
    }

    /// The offsets of pieces, one after the other, to whoever asks next.
    private final class Pieces: Sendable {
        private let offset = Mutex(0)

        func next(_ size: Int) -> Int {
            offset.withLock { offset in
                defer { offset += size }
                return offset
            }
        }
    }

    @Test("Pieces that four threads ask for in nearly any order cost little more than one pass")
    func piecesInParallel() async throws {
        let content = CheckpointTests.content
        let source = MemorySource(CheckpointTests.archive)
        let member = try ArchiveDirectory(source.bytes).members[0]
        let reader = MemberReader(member, in: source, checkpoints: Forgetful())
        let piece = 1 << 20
        let pieces = Pieces()

        let isRight = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await onThread {
                        while true {
                            let offset = pieces.next(piece)
                            guard offset < content.count else { return true }
                            let count = min(piece, content.count - offset)
                            let part = try? reader.part(UInt64(offset), UInt64(count))
                            guard part?.elementsEqual(content[offset..<(offset + count)]) == true else { return false }
                        }
                    }
                }
            }
            return await group.reduce(true) { $0 && $1 }
        }

        #expect(isRight)
        // A thread may come before the one whose piece is first: then a piece or two are unpacked again.
        #expect(source.transferred < member.compressedSize * 2)
    }

    @Test("A read that waits for a stream ends when it is cancelled")
    func cancelledWhileWaiting() async throws {
        let pool = StreamPool()
        let first = ByteRange(offset: 0, count: 8 << 20)
        let cancellation = Cancellation()

        let code = try await onThread {
            _ = try pool.take(for: first, floor: 0, until: Cancellation())
            guard
                let canceller = OwnedThread(name: "canceller", { cancellation.cancel() })
            else { return ArchiveError.Code?.none }
            defer { canceller.join() }
            let second = ByteRange(offset: 9 << 20, count: 10)
            return DatasetArchiveTests.code { try pool.take(for: second, floor: 0, until: cancellation) }
        }

        #expect(code == .interrupted)
        pool.drop(first)
        let third = ByteRange(offset: 10 << 20, count: 10)
        #expect(try await onThread { try pool.take(for: third, floor: 0, until: Cancellation()) } == nil)
    }

    @Test("A stream that failed lets those go on that waited for it")
    func failedStream() async throws {
        let pool = StreamPool()
        let first = ByteRange(offset: 0, count: 8 << 20)
        _ = try await onThread { try pool.take(for: first, floor: 0, until: Cancellation()) }

        async let second = onThread {
            try pool.take(for: ByteRange(offset: 9 << 20, count: 10), floor: 0, until: Cancellation())
        }
        pool.drop(first)

        #expect(try await second == nil)
    }
}
