import DatasetModel
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetJournal

/// A crash at any byte of a commit leaves the state before it or after it.
@Suite struct CrashTests {
    private struct Model: Equatable {
        var changes: [ChangeID: Change] = [:]
        var bytes: [ContentID: [UInt8]] = [:]
        var attributes: [Location: LocalAttributes] = [:]
    }

    private static let locations = (0..<4).map { Location("place \($0)") }

    @Test("The journal of a process that ended without closing shows exactly what was committed", arguments: 0..<4)
    func crashes(round: Int) async throws {
        try await onThread { () throws -> Void in
            try withSeed("crashes, round \(round)") { generator in
                let place = try JournalPlace()
                // Small enough that the log is never moved into the database meanwhile: it only grows.
                let journal = try place.open(inlineLimit: 200, smallestLayer: 100)
                var model = Model()
                var draft = try journal.makeDraft(over: nil)
                for number in 0..<60 {
                    let before = model
                    let edits = try edits(of: journal, &draft, &model, &generator)
                    let log = fileSize(place.path + "/journal.sqlite-wal")
                    let isLookedAt = number % 5 == 4
                    let copy = isLookedAt ? try copyJournal(at: place.path, to: place.directory.file("\(number)")) : ""
                    try journal.commit(edits)
                    guard isLookedAt else { continue }
                    try check(copy, place, log, before, model, &generator)
                }
            }
        }
    }

    /// Cuts the log within the commit, and at its end.
    private func check(
        _ copy: String,
        _ place: JournalPlace,
        _ start: Int,
        _ before: Model,
        _ after: Model,
        _ generator: inout SeededGenerator
    ) throws {
        let log = try fileBytes(place.path + "/journal.sqlite-wal")
        try #require(log.count > start)
        let cut = Int.random(in: start..<log.count, using: &generator)
        for (end, wanted) in [(cut, before), (log.count, after)] {
            let crashed = try copyJournal(at: copy, to: "\(copy) cut at \(end)")
            try overwrite(crashed + "/journal.sqlite-wal", with: Array(log[..<end]))
            let journal = try place.open(at: crashed, inlineLimit: 200, smallestLayer: 100)
            #expect(try look(at: journal) == wanted, "cut at \(end) of \(log.count), commit began at \(start)")
        }
        #expect(place.warnings.all.isEmpty)
    }

    private func look(at journal: Journal) throws -> Model {
        var model = Model()
        for change in try journal.changes() {
            model.changes[change.id] = change
            if let id = change.content { model.bytes[id] = try journal.content(id).bytes() }
        }
        for location in Self.locations { model.attributes[location] = try journal.localAttributes(of: location) }
        return model
    }

    private func edits(
        of journal: Journal,
        _ draft: inout Draft,
        _ model: inout Model,
        _ generator: inout SeededGenerator
    ) throws -> [Edit] {
        var edits: [Edit] = []
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let known = model.changes.keys.sorted().randomElement(using: &generator)
            switch Int.random(in: 0..<8, using: &generator) {
            case 0..<4:
                if Int.random(in: 0..<3, using: &generator) == 0 { draft = try journal.makeDraft(over: nil) }
                let size = Int.random(in: 0...600, using: &generator)
                try draft.write(generator.bytes(size), at: .random(in: 0...(draft.size + 10), using: &generator))
                let content = try draft.seal()
                var change = try known.flatMap { model.changes[$0] } ?? journal.change(named: "\(edits.count)")
                change.content = content.id
                change.size = content.size
                change.tries += 1
                edits += [.keep(content), .put(change)]
                model.changes[change.id] = change
                model.bytes[content.id] = try draft.bytes()
            case 4:
                guard let known else { continue }
                edits.append(.drop(known))
                model.changes[known] = nil
            case 5:
                let change = try journal.change(named: "empty")
                edits.append(.put(change))
                model.changes[change.id] = change
            case 6:
                let location = Self.locations[Int.random(in: 0..<4, using: &generator)]
                let attributes = LocalAttributes(permissions: .random(in: 0...0o777, using: &generator))
                edits.append(.attributes(attributes, of: location))
                model.attributes[location] = attributes
            default:
                let places = Self.locations.shuffled(using: &generator)
                edits.append(.moveAttributes(from: places[0], to: places[1]))
                model.attributes[places[1]] = model.attributes.removeValue(forKey: places[0])
            }
        }
        let named = Set(model.changes.values.compactMap(\.content))
        model.bytes = model.bytes.filter { named.contains($0.key) }
        // Something for the log in any case.
        return edits + [.attributes(LocalAttributes(owner: 1), of: Location("elsewhere"))]
    }
}
