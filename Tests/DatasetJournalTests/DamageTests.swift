import DatasetModel
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetJournal

/// What cannot be opened is refused with words and left as it is; what is lost is said of the change it belongs to.
@Suite struct DamageTests {
    private let place: JournalPlace
    private var database: String { place.path + "/journal.sqlite" }

    init() throws {
        place = try JournalPlace()
    }

    @discardableResult
    private func fill(_ sizes: [Int] = [10, 10_000]) throws -> [Change] {
        let journal = try place.open()
        let changes = try sizes.map { try journal.add([UInt8](repeating: 7, count: $0), named: "file of \($0)") }
        journal.close()
        return changes
    }

    @Test("Another owner is told who has the journal, until that one closes it")
    func busy() async throws {
        try await onThread { [self] in
            let first = try place.open()
            let error = #expect(throws: JournalError.self) { _ = try place.open() }
            #expect(error?.code == .busy(pid: getpid()) && error?.message.contains(place.path) == true)
            first.close()
            _ = try place.open()
        }
    }

    @Test("A journal of a newer program, of another store or of something else is refused and stays as it is")
    func strangers() async throws {
        try await onThread { [self] in
            try fill()
            let whole = try fileBytes(database)
            for (old, new, code) in [
                ("1 journal", "9 journal", JournalError.Code.newer),
                ("CREATE TABLE meta", "CREATE TABLE mota", .damaged),
            ] {
                try overwrite(database, with: replacing(old, by: new, in: whole))
                let error = #expect(throws: JournalError.self) { _ = try place.open() }
                #expect(error?.code == code && error?.message.contains(database) == true)
                try overwrite(database, with: whole)
            }
            let error = #expect(throws: JournalError.self) { _ = try place.open(identity: "other") }
            #expect(error?.code == .damaged && error?.message.contains("another store") == true)
            #expect(try place.open().changes().count == 2)
            #expect(fileNames(in: place.contents).count == 1)
        }
    }

    @Test("A damaged database is refused with a remedy, and nothing is removed", arguments: [0, 1, 2, 3])
    func damaged(way: Int) async throws {
        try await onThread { [self] in
            try fill([10, 3000, 3000, 3000, 3000, 10_000])
            var bytes = try fileBytes(database)
            switch way {
            case 0: bytes = [UInt8](repeating: 0x41, count: 5000)
            case 1: bytes = Array(bytes[..<(bytes.count / 2)])
            case 2: bytes.replaceSubrange(4096..<8192, with: [UInt8](repeating: 0, count: 4096))
            default: bytes = []
            }
            try overwrite(database, with: bytes)

            let error = #expect(throws: JournalError.self) { _ = try place.open() }

            #expect(error?.code == .damaged && error?.message.contains(".recover") == true)
            #expect(fileNames(in: place.contents).count == 1)
            #expect(error?.message.contains("\n") == false)
            if !bytes.isEmpty { #expect(try fileBytes(database) == bytes) }
        }
    }

    @Test("A change whose content is gone or too short stays, with a failure that says so; the others are whole")
    func lostContents() async throws {
        try await onThread { [self] in
            let changes = try fill([10_000, 20_000, 30_000, 10])
            let paths = changes.map { "\(place.contents)/\($0.content?.rawValue ?? 0)" }
            _ = unsafe unlink(paths[0])
            try overwrite(paths[1], with: [1, 2, 3])

            let journal = try place.open()

            let found = try journal.changes()
            #expect(found.map(\.id) == changes.map(\.id))
            for index in 0..<2 {
                let failure = try #require(found[index].failure)
                #expect(failure.isFinal && failure.code == .localFailure)
                #expect(failure.message.contains(found[index].name) && failure.message.contains(paths[index]))
                let error = #expect(throws: JournalError.self) { _ = try journal.bytes(of: found[index]) }
                #expect(error?.code == .damaged)
            }
            #expect(place.warnings.all.count == 2)
            #expect(found[2...].allSatisfy { $0.failure == nil })
            #expect(try journal.bytes(of: found[2]) == [UInt8](repeating: 7, count: 30_000))
            // It can be put again, renamed say, and discarded.
            var renamed = found[0]
            renamed.name = "other"
            try journal.commit([.put(renamed)])
            try journal.commit([.drop(renamed.id), .drop(found[1].id)])
            #expect(try journal.changes().count == 2 && fileNames(in: place.contents).count == 1)
        }
    }

    @Test("What lies over a content that is lost is lost as well")
    func lostBase() async throws {
        try await onThread { [self] in
            let paths: [String]
            do {
                let journal = try place.open(inlineLimit: 0, smallestLayer: 0)
                let draft = try journal.makeDraft(over: nil)
                try draft.write([UInt8](repeating: 7, count: 10_000), at: 0)
                let base = try draft.seal()
                try draft.write([1], at: 5000)
                let top = try draft.seal()
                #expect(top.base === base)
                try journal.commit([.keep(top), .put(try journal.change(top))])
                paths = [base, top].map { "\(place.contents)/\($0.id)" }
            }
            #expect(paths.allSatisfy(exists))
            _ = unsafe unlink(paths[0])

            let journal = try place.open(inlineLimit: 0, smallestLayer: 0)

            #expect(try journal.changes()[0].failure?.message.contains(paths[0]) == true)
        }
    }

    @Test("Files that no change names are removed at the start; those that are no contents stay")
    func orphans() async throws {
        try await onThread { [self] in
            let changes = try fill([10_000])
            try overwrite(place.contents + "/4000", with: [1])
            try overwrite(place.contents + "/notes.txt", with: [1])

            _ = try place.open()

            let kept = "\(changes[0].content?.rawValue ?? 0)"
            #expect(fileNames(in: place.contents) == [kept, "notes.txt"].sorted())
        }
    }

    private func replacing(_ old: String, by new: String, in bytes: [UInt8]) -> [UInt8] {
        let (old, new) = (Array(old.utf8), Array(new.utf8))
        var bytes = bytes
        for start in bytes.indices.dropLast(old.count) where bytes[start..<(start + old.count)].elementsEqual(old) {
            bytes.replaceSubrange(start..<(start + old.count), with: new)
        }
        return bytes
    }
}
