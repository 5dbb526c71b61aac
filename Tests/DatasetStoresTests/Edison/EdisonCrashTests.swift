import DatasetHTTP
import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

@testable import DatasetStores

/// The process dies at any note of its ledger; the next one makes one thing of what is left.
@Suite("Edison.Store after a crash", .serialized, .enabled(if: LocalServer.absence == nil, "no datasetfs-server"))
struct EdisonCrashTests {
    enum Thing: String, CaseIterable, Sendable {
        case dataset, directory, link, text, file

        var kind: Creation.Kind {
            switch self {
            case .dataset, .directory: .directory
            case .link: .link(target: "https://example.org/")
            case .text, .file: .file
            }
        }

        var content: ReferenceContent? {
            switch self {
            case .dataset, .directory, .link: nil
            case .text: .text("content")
            case .file: .pattern(seed: 5, size: 300_000)
            }
        }
    }

    @Test("makes one thing, whatever note was the last", arguments: Thing.allCases, [[], ["--no-metadata"]])
    func creations(thing: Thing, options: [String]) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld(options)
            let dataset = try world.make(.directory, "set", in: .root)
            var points = 0
            for (death, number) in Self.points(9) {
                let name = "\(thing)-\(death)-\(number)" + (thing == .text ? ".txt" : "")
                let parent = thing == .dataset ? Location.root : dataset.location
                let first = TestLedger()
                first.die(atNote: number, death)
                let made = try? world.make(thing.kind, name, in: parent, thing.content, ledger: first)
                if made != nil, first.notesTaken < number { continue }
                points += 1

                let next = try world.anotherStore()
                let ledger = TestLedger(lastNote: first.lastNote)
                let creation = Creation(thing.kind, named: name, in: parent)
                let node = try next.create(creation, content: thing.content, ledger: ledger, until: world.patience)
                #expect(try world.names(parent, in: next).count { $0 == name } == 1, "\(death) \(number)")
                if thing != .dataset {
                    let count = try world.entries(of: dataset).count { $0["name"] as? String == name }
                    #expect(count == 1, "\(death) \(number)")
                }
                if let content = thing.content {
                    #expect(try world.content(node.location, in: next) == content.allBytes)
                }
            }
            #expect(points >= (thing == .file ? 8 : 4), "\(points) points at which to die")
        }
    }

    private static func points(_ count: Int) -> [(TestLedger.Death, Int)] {
        [TestLedger.Death.before, .after].flatMap { death in (1...count).map { (death, $0) } }
    }

    @Test("publishes one revision, whatever note was the last", arguments: [Thing.text, .file])
    func replacements(thing: Thing) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let content = try #require(thing.content)
            for (death, number) in Self.points(12) {
                let name = "\(death)-\(number).txt"
                let base = try world.make(.file, name, in: dataset.location, .text("base"))
                let first = TestLedger()
                first.die(atNote: number, death)
                let made = try? world.replace(base, with: content, ledger: first)
                if made != nil, first.notesTaken < number { continue }

                let next = try world.anotherStore()
                let node = try next.replace(
                    base.location,
                    version: base.version ?? Version(""),
                    with: content,
                    ledger: TestLedger(lastNote: first.lastNote),
                    until: world.patience
                )
                #expect(try world.content(node.location, in: next) == content.allBytes)
                let path = "\(PlatformUser.storage)/data-entries/\(base.attributes.id ?? "")/revisions"
                #expect((try world.user.call(.get, path)["revisions"] as? [Any])?.count == 2, "\(death) \(number)")
                let entries = try world.entries(of: dataset).filter { $0["name"] as? String == name }
                #expect(entries.count == (thing == .text ? 1 : 2), "\(death) \(number)")
            }
        }
    }

    @Test("sends no part again that was noted")
    func resumption() async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            let content = ReferenceContent.pattern(seed: 6, size: 45_000_000)
            // One part fails for good while the others pass.
            try world.fault(["method": "PUT", "path": "/storage/parts/.*/3$", "status": 507])
            let first = TestLedger()
            #expect(throws: StoreError.self) {
                _ = try world.make(.file, "a.bin", in: dataset.location, content, ledger: first)
            }
            let noted = Edison.UploadNote(first.lastNote ?? "")?.multipart?.etags.count { !$0.isEmpty } ?? 0
            #expect(noted > 0)
            try world.user.call(.delete, "/admin/faults")
            let next = try world.anotherStore()
            let ledger = TestLedger(lastNote: first.lastNote)
            let before = try world.parts()
            let node = try next.create(
                Creation(.file, named: "a.bin", in: dataset.location),
                content: content,
                ledger: ledger,
                until: world.patience
            )
            #expect(try world.parts() - before == 5 - noted)
            #expect(ledger.progressTold.last == content.size)
            #expect(ledger.progressTold == ledger.progressTold.sorted())
            #expect(try world.content(node.location, in: next) == content.allBytes)
        }
    }

    @Test(
        "starts over with other bytes under an old note, and leaves nothing of the first",
        arguments: [Thing.text, .file]
    )
    func otherBytes(thing: Thing) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            for number in 2...8 {
                let name = "\(number).txt"
                let first = TestLedger()
                first.die(atNote: number, .after)
                let made = try? world.make(.file, name, in: dataset.location, thing.content, ledger: first)
                let note = made == nil ? first.lastNote : first.notes.last
                let other = ReferenceContent.pattern(seed: UInt64(number), size: 100_000)
                let node = try world.make(.file, name, in: dataset.location, other, ledger: TestLedger(lastNote: note))
                #expect(try world.content(node.location) == other.allBytes)
                #expect(try world.entries(of: dataset).count { $0["name"] as? String == name } == 1)
                if made != nil { break }
            }
        }
    }

    @Test("abandoned, leaves nothing", arguments: Thing.allCases)
    func abandonment(thing: Thing) async throws {
        try await onThread { () throws(any Error) in
            let world = try WritingWorld()
            let dataset = try world.make(.directory, "set", in: .root)
            for number in 1...6 {
                let parent = thing == .dataset ? Location.root : dataset.location
                let ledger = TestLedger()
                ledger.die(atNote: number, .after)
                _ = try? world.make(thing.kind, "a.txt", in: parent, thing.content, ledger: ledger)
                try world.store.abandon(ledger.lastNote ?? "", until: world.patience)
                #expect(try world.names(.root) == ["set"])
                #expect(try world.entries(of: dataset).isEmpty, "\(number)")
            }
        }
    }
}
