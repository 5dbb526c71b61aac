import DatasetModel
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetJournal

/// Full and read-only disks.
@Suite(.enabled(if: SmallDisk.isPossible, "mounting a small disk needs root"))
struct DiskTests {
    private let place: JournalPlace

    init() throws {
        place = try JournalPlace()
    }

    private func open(_ path: String, reserve: UInt64, inlineLimit: Int = 4096) throws(JournalError) -> Journal {
        try Journal(directory: path, identity: "test", reserve: reserve, inlineLimit: inlineLimit, onWarning: { _ in })
    }

    @Test(
        "Writing is refused before the reserve is touched, and what was written can still be committed",
        arguments: [0, 1 << 20]
    )
    func reserve(inlineLimit: Int) async throws {
        try await onThread { [place] in
            let disk = try SmallDisk(in: place.directory, bytes: 64 << 20)
            let journal = try open(disk.path + "/j", reserve: 24 << 20, inlineLimit: inlineLimit)
            let piece = [UInt8](repeating: 5, count: 100 << 10)
            var changes: [Change] = []
            var error: JournalError?
            for number in 0..<1000 where error == nil {
                do throws(JournalError) {
                    changes.append(try journal.add(piece, named: "\(number)"))
                } catch let failure {
                    error = failure
                }
            }
            #expect(error?.code == .full && error?.message.contains("24 MiB") == true)
            #expect(changes.count > 100)
            // The reserve is there for what needs no room of its own.
            for change in changes { try journal.note("n", for: change.id) }
            try journal.commit(changes.prefix(changes.count / 2).map { .drop($0.id) })
            for change in changes.suffix(10) { #expect(try journal.bytes(of: change) == piece) }
        }
    }

    @Test("On a disk that is full to the last byte nothing is half done, and all goes on when there is room again")
    func full() async throws {
        try await onThread { [place] in
            let disk = try SmallDisk(in: place.directory, bytes: 8 << 20)
            let journal = try open(disk.path + "/j", reserve: 0)
            let kept = try journal.add([UInt8](repeating: 1, count: 50_000), named: "kept")
            let small = try journal.add([1, 2, 3], named: "small")
            // Somebody else takes all room there is.
            let other = disk.path + "/other"
            let file = try OpenFile(other, for: .creating)
            #expect(throws: SystemFailure.self) {
                for number in 0..<4000 { try file.write([UInt8](repeating: 2, count: 4096), at: UInt64(number) * 4096) }
            }

            let draft = try journal.makeDraft(over: nil)
            let error = #expect(throws: JournalError.self) {
                try draft.write([UInt8](repeating: 3, count: 50_000), at: 0)
            }
            #expect(error?.code == .full && draft.size == 0)
            var failed: JournalError?
            for number in 0..<200 where failed == nil {
                do throws(JournalError) {
                    var change = try journal.change(named: "\(number)")
                    change.note = String(repeating: "n", count: 4000)
                    try journal.commit([.put(change)])
                } catch let failure {
                    failed = failure
                }
            }
            #expect(failed?.code == .full)
            #expect(try journal.bytes(of: kept).count == 50_000)
            #expect(try journal.bytes(of: small) == [1, 2, 3])
            let before = try journal.changes().count

            _ = unsafe unlink(other)
            try file.truncate(to: 0)
            try draft.write([UInt8](repeating: 3, count: 50_000), at: 0)
            let content = try draft.seal()
            let change = try journal.change(content)
            try journal.commit([.keep(content), .put(change)])
            #expect(try journal.bytes(of: change) == [UInt8](repeating: 3, count: 50_000))
            #expect(try journal.changes().count == before + 1)
        }
    }

    @Test("A write that fails half way adds nothing to the draft")
    func halfWritten() async throws {
        try await onThread { [place] in
            let disk = try SmallDisk(in: place.directory, bytes: 8 << 20)
            let journal = try open(disk.path + "/j", reserve: 0)
            let draft = try journal.makeDraft(over: nil)
            try draft.write([UInt8](repeating: 1, count: 100_000), at: 0)
            // A promise of room that somebody else breaks, as with other programs on the same disk.
            let file = try OpenFile(disk.path + "/other", for: .creating)
            #expect(throws: SystemFailure.self) {
                for number in 0..<2048 { try file.write([UInt8](repeating: 2, count: 8192), at: UInt64(number) * 8192) }
            }
            try file.truncate(to: 5 << 20)
            let big = [UInt8](repeating: 9, count: 6 << 20)
            #expect(throws: JournalError.self) { try draft.write(big, at: 100_000) }

            #expect(draft.size == 100_000)
            #expect(try draft.bytes() == [UInt8](repeating: 1, count: 100_000))
            try draft.truncate(to: 200_000)
            let content = try draft.seal()
            #expect(
                try content.bytes() == [UInt8](repeating: 1, count: 100_000) + [UInt8](repeating: 0, count: 100_000)
            )
        }
    }

    @Test("A disk that can only be read is said to be so")
    func readOnly() async throws {
        try await onThread { [place] in
            let disk = try SmallDisk(in: place.directory, bytes: 8 << 20)
            do {
                let journal = try open(disk.path + "/j", reserve: 0)
                try journal.add([UInt8](repeating: 1, count: 50_000))
                journal.close()
            }
            try disk.makeReadOnly()
            for path in [disk.path + "/j", disk.path + "/new"] {
                let error = #expect(throws: JournalError.self) { _ = try open(path, reserve: 0) }
                #expect(error?.code == .readOnly && error?.message.contains(path) == true)
            }
        }
    }
}
