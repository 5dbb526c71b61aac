import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetJournal

/// A draft against an array of bytes, with random operations; every snapshot taken is looked at again at the end.
@Suite struct DraftModelTests {
    struct Setting: Sendable, CustomTestStringConvertible {
        var inlineLimit: Int
        var smallestLayer: UInt64
        var testDescription: String { "inline up to \(inlineLimit), layers from \(smallestLayer)" }
    }

    private final class Run {
        let journal: Journal
        let base: StoredBase?
        var draft: Draft
        var model: [UInt8]
        var snapshots: [(content: SealedContent, bytes: [UInt8])] = []
        var committed: [Change] = []

        init(_ journal: Journal, base: StoredBase?) throws {
            self.journal = journal
            self.base = base
            draft = try journal.makeDraft(over: base)
            model = base?.bytes ?? []
        }

        func step(_ generator: inout SeededGenerator) throws {
            let offset = UInt64.random(in: 0...UInt64(model.count + 40), using: &generator)
            let range = ByteRange(offset: offset, count: .random(in: 0...300, using: &generator))
            switch Int.random(in: 0..<16, using: &generator) {
            case 0..<5: try write(at: offset, &generator)
            case 5: try write(at: nil, &generator)
            case 6:
                try draft.truncate(to: offset)
                resize(to: Int(offset))
            case 7, 8: try zero(range, growing: .random(using: &generator))
            case 9: try allocate(range, growing: .random(using: &generator))
            case 10, 11: try seal()
            case 12: try commit(&generator)
            case 13: try drop(&generator)
            case 14: try reopen(&generator)
            default: try compare(range)
            }
            #expect(draft.size == UInt64(model.count))
        }

        private func resize(to size: Int) {
            if size < model.count {
                model.removeLast(model.count - size)
            } else {
                model += [UInt8](repeating: 0, count: size - model.count)
            }
        }

        private func write(at offset: UInt64?, _ generator: inout SeededGenerator) throws {
            let bytes = generator.bytes(.random(in: 0...200, using: &generator))
            try draft.write(bytes, at: offset)
            guard !bytes.isEmpty else { return }
            let start = Int(offset ?? UInt64(model.count))
            if model.count < start + bytes.count { resize(to: start + bytes.count) }
            model.replaceSubrange(start..<(start + bytes.count), with: bytes)
        }

        private func zero(_ range: ByteRange, growing: Bool) throws {
            try draft.zero(range, growing: growing)
            if growing, Int(range.end) > model.count { resize(to: Int(range.end)) }
            let within = range.clamped(to: UInt64(model.count))
            for index in Int(within.offset)..<Int(within.end) { model[index] = 0 }
        }

        private func allocate(_ range: ByteRange, growing: Bool) throws {
            try draft.allocate(range, growing: growing)
            if growing, Int(range.end) > model.count { resize(to: Int(range.end)) }
        }

        private func seal() throws {
            let content = try draft.seal()
            #expect(!draft.isDirty && content.size == draft.size)
            snapshots.append((content, model))
        }

        private func commit(_ generator: inout SeededGenerator) throws {
            guard let content = snapshots.randomElement(using: &generator)?.content else { return }
            let change = try journal.change(content)
            try journal.commit([.keep(content), .put(change)])
            committed.append(change)
        }

        private func drop(_ generator: inout SeededGenerator) throws {
            guard let index = committed.indices.randomElement(using: &generator) else { return }
            try journal.commit([.drop(committed.remove(at: index).id)])
        }

        /// Goes on with a draft over what was sealed, as after the file was closed.
        private func reopen(_ generator: inout SeededGenerator) throws {
            guard let (content, bytes) = snapshots.randomElement(using: &generator) else { return }
            draft = try journal.makeDraft(over: base.map { CompletedContent(content, rest: $0) } ?? content)
            model = bytes
        }

        private func compare(_ range: ByteRange) throws {
            let within = range.clamped(to: UInt64(model.count))
            let wanted = Array(model[Int(within.offset)..<Int(within.end)])
            #expect(try draft.bytes(at: range.offset, count: Int(range.count)) == wanted)
        }

        func compareAll() throws {
            #expect(try draft.bytes() == model)
            try checkHoles()
            for (content, bytes) in snapshots {
                if let base { try content.complete(from: base, until: Cancellation()) }
                #expect(content.missing.isEmpty && content.origin == nil)
                #expect(try content.bytes() == bytes)
            }
        }

        /// Data and holes take turns from the start to the end, and holes are zeros.
        private func checkHoles() throws {
            var position: UInt64 = 0
            while position < draft.size {
                let data = draft.nextData(from: position) ?? draft.size
                #expect(model[Int(position)..<Int(data)].allSatisfy { $0 == 0 })
                if data == draft.size { break }
                let hole = try #require(draft.nextHole(from: data))
                #expect(hole > data && draft.nextData(from: hole - 1) == hole - 1)
                position = hole
            }
            #expect(draft.nextData(from: draft.size) == nil && draft.nextHole(from: draft.size) == nil)
        }
    }

    @Test(
        "Whatever is done to a draft, it and all snapshots of it hold what an array would, also after a restart",
        arguments: [
            Setting(inlineLimit: 100_000, smallestLayer: 0), Setting(inlineLimit: 500, smallestLayer: 0),
            Setting(inlineLimit: 0, smallestLayer: 0), Setting(inlineLimit: 0, smallestLayer: 300),
            Setting(inlineLimit: 300, smallestLayer: 1 << 20),
        ],
        [nil, 0, 700, 3000] as [Int?]
    )
    func model(setting: Setting, baseSize: Int?) async throws {
        try await onThread { () throws -> Void in
            try withSeed("draft model, \(setting.testDescription), base \(baseSize ?? -1)") { generator in
                for _ in 0..<8 { try run(setting, baseSize, &generator) }
            }
        }
    }

    private func run(_ setting: Setting, _ baseSize: Int?, _ generator: inout SeededGenerator) throws {
        let place = try JournalPlace()
        var kept: [ChangeID: [UInt8]] = [:]
        let base = baseSize.map { StoredBase(generator.bytes($0)) }
        do {
            let journal = try place.open(inlineLimit: setting.inlineLimit, smallestLayer: setting.smallestLayer)
            let run = try Run(journal, base: base)
            for _ in 0..<120 { try run.step(&generator) }
            for change in run.committed {
                kept[change.id] = run.snapshots.first { $0.content.id == change.content }?.bytes
            }
            try run.compareAll()
        }
        let journal = try place.open(inlineLimit: setting.inlineLimit, smallestLayer: setting.smallestLayer)
        let changes = try journal.changes()
        #expect(Set(changes.map(\.id)) == Set(kept.keys))
        for change in changes {
            #expect(change.failure == nil)
            #expect(try journal.bytes(of: change) == kept[change.id])
        }
        try journal.commit(changes.map { .drop($0.id) })
        #expect(journal.bytesKept == 0 && fileNames(in: place.contents).isEmpty)
        #expect(place.warnings.all.isEmpty)
    }
}
