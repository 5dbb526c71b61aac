import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetJournal

@Suite struct GrowthTests {
    @Test("Ten thousand changes that came and went cost the last what the first cost, and leave a small file behind")
    func flat() async throws {
        try await onThread { () throws -> Void in
            let place = try JournalPlace()
            let journal = try place.open()
            let bytes = [UInt8](repeating: 6, count: 3000)
            let clock = SystemTime()
            var times: [Duration] = []
            for _ in 0..<10 {
                let start = clock.now()
                for _ in 0..<50 {
                    var edits: [Edit] = []
                    var changes: [Change] = []
                    for _ in 0..<20 {
                        let draft = try journal.makeDraft(over: nil)
                        try draft.write(bytes, at: 0)
                        let content = try draft.seal()
                        changes.append(try journal.change(content))
                        edits += [.keep(content), .put(changes[changes.count - 1])]
                    }
                    try journal.commit(edits)
                    try journal.commit(changes.map { .drop($0.id) })
                }
                times.append(clock.now() - start)
            }
            let milliseconds = times.map { ($0.inSeconds * 1000).rounded() }
            print("ms for each thousand changes: \(milliseconds)")
            #expect((times.suffix(5).min() ?? .zero) < (times.prefix(5).min() ?? .zero) * 3)
            let path = place.path + "/journal.sqlite"
            // Without taking turns with its own free pages and its log it would have grown by 30 MB at least.
            #expect(fileSize(path) < 12 << 20, "database: \(fileSize(path))")
            #expect(fileSize(path + "-wal") < 80 << 20, "log: \(fileSize(path + "-wal"))")
            journal.close()
            #expect(fileSize(path) < 12 << 20 && fileSize(path + "-wal") == 0)
        }
    }

    @Test("What ten thousand changes took up at once is given back while others are committed")
    func givenBack() async throws {
        try await onThread { () throws -> Void in
            let place = try JournalPlace()
            let journal = try place.open(inlineLimit: 128 << 10)
            let bytes = [UInt8](repeating: 6, count: 100 << 10)
            var edits: [Edit] = []
            var changes: [Change] = []
            for _ in 0..<1000 {
                let draft = try journal.makeDraft(over: nil)
                try draft.write(bytes, at: 0)
                let content = try draft.seal()
                let change = try journal.change(named: "big", content)
                edits += [.keep(content), .put(change)]
                changes.append(change)
                if edits.count == 100 {
                    try journal.commit(edits)
                    edits = []
                }
            }
            let path = place.path + "/journal.sqlite"
            try journal.commit(changes.map { .drop($0.id) })
            var size = fileSize(path)
            let peak = size
            for _ in 0..<400 where size > 48 << 20 {
                let change = try journal.add(bytes)
                try journal.commit([.drop(change.id)])
                size = fileSize(path)
            }
            print("database: \(peak >> 20) MiB at most, \(size >> 20) MiB then")
            #expect(size <= 48 << 20)
        }
    }
}
