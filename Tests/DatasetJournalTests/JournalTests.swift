import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetJournal

@Suite struct JournalTests {
    private let place: JournalPlace

    init() throws {
        place = try JournalPlace()
    }

    /// A change with something unusual in every field.
    private func full(_ id: ChangeID, _ kind: NodeKind = .file) -> Change {
        var change = Change(
            id: id,
            kind: kind,
            location: Location("a\u{0}b/é"),
            version: Version(""),
            parent: .root,
            name: "e\u{301}\u{0}\u{1}"
        )
        change.isRemoval = true
        change.size = UInt64(Int64.max)
        change.modified = Timestamp(nanoseconds: -1)
        change.description = ""
        change.tags = ["", "a\u{0}b", "\u{1}\u{2}\u{0}", "ü"]
        change.scope = .local
        change.notBefore = .max
        change.tries = 7
        change.failure = Change.Failure(
            StoreError(.quotaExceeded, "no\u{0}room", remedy: "", httpStatus: 507, requestID: "r"),
            isFinal: true,
            at: 5
        )
        change.note = "{\"part\":\u{0}1}"
        return change
    }

    @Test("Changes come back as they were put, whatever is in them, in the order of their numbers")
    func roundTrip() async throws {
        try await onThread { [place] in
            var changes: [Change] = []
            do {
                let journal = try place.open()
                for kind in [NodeKind.file, .directory, .link(target: ""), .link(target: "https://x/\u{0}")] {
                    changes.append(full(try journal.newID(), kind))
                }
                changes.append(try journal.change(named: ""))
                changes.append(full(try journal.newID()))
                changes[5].tags = []
                changes[5].failure = Change.Failure(code: .conflict, message: "", isFinal: false, at: .min)
                try journal.commit(changes.reversed().map { .put($0) })
                #expect(try journal.changes() == changes)
            }
            let journal = try place.open()
            #expect(try journal.changes() == changes)
            #expect(try journal.changes()[0].location.rawValue.unicodeScalars.elementsEqual("a\u{0}b/é".unicodeScalars))
            changes[1].name = "other"
            try journal.commit([.put(changes[1]), .drop(changes[0].id), .drop(ChangeID(rawValue: 999_999))])
            #expect(try journal.changes() == Array(changes[1...]))
        }
    }

    @Test("Empty, small and large contents come back after a restart", arguments: [0, 1, 4096, 4097, 3_000_000])
    func contents(size: Int) async throws {
        try await onThread { [place] in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let change: Change
            do {
                let journal = try place.open()
                change = try journal.add(bytes)
                #expect(try journal.bytes(of: change) == bytes)
                #expect(journal.bytesKept == UInt64(size))
            }
            let journal = try place.open()
            #expect(journal.bytesKept == UInt64(size))
            #expect(try journal.bytes(of: change) == bytes)
            #expect(fileNames(in: place.contents).count == (size > 4096 ? 1 : 0))
            #expect(place.warnings.all.isEmpty)
        }
    }

    @Test("A note is kept, and that of a change which is gone is none")
    func notes() async throws {
        try await onThread { [place] in
            do {
                let journal = try place.open()
                let change = try journal.change()
                try journal.commit([.put(change)])
                try journal.note("half way\u{0}", for: change.id)
                try journal.note("nobody", for: try journal.newID())
            }
            #expect(try place.open().changes().map(\.note) == ["half way\u{0}"])
        }
    }

    @Test("All of a commit is done or nothing")
    func atomic() async throws {
        try await onThread { [place] in
            let journal = try place.open()
            let (first, second) = (try journal.change(), try journal.change())
            let stray = try journal.makeDraft(over: nil).seal()
            var naming = second
            naming.content = stray.id
            let location = Location("x")

            let error = #expect(throws: JournalError.self) {
                try journal.commit([
                    .put(first), .attributes(LocalAttributes(permissions: 0o600), of: location), .put(naming),
                ])
            }

            #expect(error?.code == .damaged && error?.message.contains("content \(stray.id)") == true)
            #expect(try journal.changes().isEmpty)
            #expect(try journal.localAttributes(of: location) == nil)
            try journal.commit([.put(naming), .keep(stray)])
            #expect(try journal.changes() == [naming])
        }
    }

    @Test("Numbers are never given out twice, closed properly or not")
    func numbers() async throws {
        try await onThread { [place] in
            var seen: Set<Int64> = []
            var path = place.path
            for round in 0..<6 {
                let journal = try place.open(at: path)
                for _ in 0..<(round * 1500 + 1) {
                    #expect(seen.insert(try journal.newID().rawValue).inserted)
                }
                if round % 2 == 0 {
                    journal.close()
                } else {
                    // Abandoned: the next one finds what a crash leaves.
                    let copy = try copyJournal(at: path, to: place.directory.file("copy \(round)"))
                    journal.close()
                    path = copy
                }
            }
        }
    }

    @Test("Attributes are remembered, moved and forgotten, also across a restart")
    func attributes() async throws {
        try await onThread { [place] in
            let (a, b, c) = (Location("a"), Location("b\u{0}"), Location(""))
            let all = LocalAttributes(
                permissions: 0o7777,
                owner: .max,
                group: 0,
                accessed: Timestamp(nanoseconds: .min),
                modified: Timestamp(nanoseconds: 3),
                version: Version("v\u{0}")
            )
            let mode = LocalAttributes(permissions: 0o640)
            do {
                let journal = try place.open()
                try journal.commit([
                    .attributes(all, of: a), .attributes(mode, of: b), .attributes(mode, of: c),
                    .attributes(LocalAttributes(version: Version("1")), of: c), .moveAttributes(from: a, to: b),
                ])
                #expect(try journal.localAttributes(of: a) == nil)
                #expect(try journal.localAttributes(of: b) == all)
                #expect(try journal.localAttributes(of: c) == nil)
            }
            let journal = try place.open()
            #expect(try [a, b, c].map { try journal.localAttributes(of: $0) } == [nil, all, nil])
            try journal.commit([.moveAttributes(from: b, to: b), .attributes(mode, of: a)])
            #expect(try journal.localAttributes(of: b) == all)
            try journal.commit([.moveAttributes(from: c, to: b), .attributes(nil, of: a)])
            #expect(try [a, b, c].map { try journal.localAttributes(of: $0) } == [nil, nil, nil])
        }
    }

    @Test("Threads that commit at once all get what they committed, or their own error")
    func together() async throws {
        try await onThread { [place] in
            let journal = try place.open()
            let stray = try journal.makeDraft(over: nil).seal()
            let failures = Counter()
            let threads = (0..<8).compactMap { number in
                OwnedThread(name: "commit") {
                    for round in 0..<40 {
                        do {
                            var change = try journal.add([UInt8(number), UInt8(round)], named: "\(number).\(round)")
                            if round % 4 == 0 { try journal.commit([.drop(change.id)]) }
                            if round % 4 == 1 { try journal.note("n", for: change.id) }
                            if round % 4 == 2 {
                                change.content = stray.id
                                change.name = "wrong"
                                try journal.commit([.put(change)])
                            }
                        } catch {
                            failures.add()
                        }
                    }
                }
            }
            for thread in threads { thread.join() }
            #expect(failures.value == 80)
            let changes = try journal.changes()
            #expect(changes.count == 240 && changes.filter { $0.note == "n" }.count == 80)
            for change in changes {
                let numbers = change.name.split(separator: ".").compactMap { UInt8($0) }
                #expect(try journal.bytes(of: change) == numbers)
            }
        }
    }

    @Test("A journal that was closed refuses, and its directory can be opened again")
    func closed() async throws {
        try await onThread { [place] in
            let journal = try place.open()
            let change = try journal.change()
            journal.close()
            journal.close()
            #expect(throws: JournalError.self) { try journal.commit([.put(change)]) }
            #expect(throws: JournalError.self) { _ = try journal.changes() }
            #expect(try place.open().changes().isEmpty)
        }
    }
}
