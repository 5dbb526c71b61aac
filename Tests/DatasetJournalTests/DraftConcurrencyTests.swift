import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetJournal

@Suite struct DraftConcurrencyTests {
    private static let blockSize = 512

    @Test("Appends of several threads never overlap", arguments: [100, 1 << 20])
    func appends(inlineLimit: Int) async throws {
        try await onThread { () throws -> Void in
            let place = try JournalPlace()
            let journal = try place.open(inlineLimit: inlineLimit)
            defer { journal.close() }
            let draft = try journal.makeDraft(over: nil)
            let failures = Counter()
            run(4) { number in
                for _ in 0..<200 {
                    do { try draft.write([UInt8](repeating: UInt8(number), count: 37), at: nil) } catch {
                        failures.add()
                    }
                }
            }
            let bytes = try draft.bytes()
            #expect(failures.value == 0 && bytes.count == 4 * 200 * 37)
            for start in stride(from: 0, to: bytes.count, by: 37) {
                #expect(Set(bytes[start..<(start + 37)]).count == 1)
            }
        }
    }

    @Test("Readers and snapshots see each block as one writer left it, while all write", arguments: [100, 1 << 20])
    func readersAndWriters(inlineLimit: Int) async throws {
        try await onThread { () throws -> Void in
            let place = try JournalPlace()
            let journal = try place.open(inlineLimit: inlineLimit, smallestLayer: 0)
            defer { journal.close() }
            let size = Self.blockSize
            let draft = try journal.makeDraft(over: StoredBase([UInt8](repeating: 0, count: 16 * size)))
            let wrong = Counter()
            run(6) { number in
                var generator = SeededGenerator(seed: UInt64(number))
                do {
                    for round in 0..<150 {
                        let block = UInt64.random(in: 0..<16, using: &generator)
                        switch number {
                        case 0, 1:
                            let value = UInt8(truncatingIfNeeded: round * 2 + number)
                            try draft.write([UInt8](repeating: value, count: size), at: block * UInt64(size))
                        case 2 where round % 5 == 0:
                            let content = try draft.seal()
                            try journal.commit([.keep(content), .put(try journal.change(named: "\(round)", content))])
                            try content.complete(
                                from: StoredBase([UInt8](repeating: 0, count: 16 * size)),
                                until: Cancellation()
                            )
                            if !Self.isWhole(try content.bytes()) { wrong.add() }
                        case 2:
                            break
                        case 3:
                            let place = ByteRange(offset: block * UInt64(size), count: UInt64(size))
                            try draft.zero(place, growing: false)
                        default:
                            let bytes = try draft.bytes(at: block * UInt64(size), count: size)
                            // In memory a block is read in one moment; a file may be written meanwhile, as any.
                            if inlineLimit > 100, !Self.isWhole(bytes) { wrong.add() }
                            if bytes.count != size { wrong.add() }
                        }
                    }
                } catch {
                    Issue.record(error)
                }
            }
            #expect(wrong.value == 0)
        }
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        stride(from: 0, to: bytes.count, by: blockSize).allSatisfy { Set(bytes[$0..<($0 + blockSize)]).count == 1 }
    }

    private func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let threads = (0..<count).compactMap { number in OwnedThread(name: "draft") { body(number) } }
        for thread in threads { thread.join() }
    }
}
