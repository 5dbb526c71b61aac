import DatasetModel
import DatasetSync
import DatasetTestSupport
import Glibc
import Testing

@testable import DatasetJournal

@Suite struct SealedContentTests {
    private let place: JournalPlace
    private let old = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 2) }

    init() throws {
        place = try JournalPlace()
    }

    private func journal(inlineLimit: Int = 100) throws -> Journal {
        try place.open(inlineLimit: inlineLimit, smallestLayer: 0)
    }

    /// `old` with bytes put over it.
    private func changed(at offset: Int, _ bytes: [UInt8]) -> [UInt8] {
        var result = old
        result.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
        return result
    }

    @Test(
        "Writing a little of a large base asks for nothing; reading asks for what is read",
        arguments: [100, 100_000]
    )
    func lazy(inlineLimit: Int) async throws {
        try await onThread { [self] in
            let base = StoredBase(old)
            let journal = try journal(inlineLimit: inlineLimit)
            defer { journal.close() }
            let draft = try journal.makeDraft(over: base)
            #expect(!draft.isDirty && draft.size == 10_000)

            try draft.write([1, 2, 3], at: 5000)
            let content = try draft.seal()

            #expect(base.asked.isEmpty)
            #expect(content.missing == [ByteRange(offset: 0, count: 5000), ByteRange(offset: 5003, count: 4997)])
            #expect(content.origin == base.origin)
            #expect(try draft.bytes(at: 4999, count: 5) == [old[4999], 1, 2, 3, old[5003]])
            #expect(base.asked == [ByteRange(offset: 4999, count: 1), ByteRange(offset: 5003, count: 1)])
        }
    }

    @Test(
        "What is missing is fetched once, stays after a restart, and only then is all of it read",
        arguments: [100, 100_000]
    )
    func completing(inlineLimit: Int) async throws {
        try await onThread { [self] in
            let base = StoredBase(old)
            let change: Change
            do {
                let journal = try journal(inlineLimit: inlineLimit)
                let draft = try journal.makeDraft(over: base)
                try draft.write([1, 2, 3], at: 5000)
                let content = try draft.seal()
                change = try journal.change(content)
                try journal.commit([.keep(content), .put(change)])
            }
            do {
                let journal = try journal(inlineLimit: inlineLimit)
                defer { journal.close() }
                let content = try journal.content(try #require(change.content))
                #expect(content.missing.count == 2 && content.origin == base.origin)
                #expect(throws: StoreError.self) { _ = try content.bytes() }
                base.fail(with: StoreError(.offline, "away"))
                #expect(throws: StoreError(.offline, "away")) {
                    try content.complete(from: base, until: Cancellation())
                }
                base.fail(with: nil)
                let error = #expect(throws: StoreError.self) {
                    try content.complete(from: StoredBase(old, version: "2"), until: Cancellation())
                }
                #expect(error?.code == .localFailure)
                #expect(content.missing.count == 2)
                try content.complete(from: base, until: Cancellation())
                #expect(try content.bytes() == changed(at: 5000, [1, 2, 3]))
            }
            let asked = base.asked.count
            let journal = try journal(inlineLimit: inlineLimit)
            defer { journal.close() }
            let content = try journal.content(try #require(change.content))
            #expect(content.missing.isEmpty && content.origin == nil)
            #expect(try content.bytes() == changed(at: 5000, [1, 2, 3]))
            try content.complete(from: base, until: Cancellation())
            #expect(base.asked.count == asked)
        }
    }

    @Test("A file changed twice while the store is away keeps both changes", arguments: [100, 100_000])
    func changedTwice(inlineLimit: Int) async throws {
        try await onThread { [self] in
            let journal = try journal(inlineLimit: inlineLimit)
            defer { journal.close() }
            let base = StoredBase(old)
            var contents: [SealedContent] = []
            for (round, offset) in [100, 5000, 9000].enumerated() {
                let below: any DraftBase = contents.last.map { CompletedContent($0, rest: base) } ?? base
                let draft = try journal.makeDraft(over: below)
                try draft.write([UInt8(round), 1, 2], at: UInt64(offset))
                contents.append(try draft.seal())
                try journal.commit([.keep(contents[round]), .put(try journal.change(contents[round]))])
            }
            #expect(base.asked.isEmpty)

            let last = contents[2]
            #expect(last.missing.reduce(0) { $0 + $1.count } == 10_000 - 9)
            try last.complete(from: base, until: Cancellation())

            var wanted = old
            for (round, offset) in [100, 5000, 9000].enumerated() {
                wanted.replaceSubrange(offset..<(offset + 3), with: [UInt8(round), 1, 2])
            }
            #expect(try last.bytes() == wanted)
        }
    }

    @Test("A base that is no version of the store is taken in: it may be gone tomorrow")
    func foreignBase() async throws {
        try await onThread { [self] in
            let journal = try journal()
            defer { journal.close() }
            let draft = try journal.makeDraft(over: StoredBase(old, version: nil))
            try draft.write([9], at: 10)
            let content = try draft.seal()
            #expect(content.missing.isEmpty && content.base == nil)
            #expect(try content.bytes() == changed(at: 10, [9]))
        }
    }

    @Test("The snapshot is the same until something is written, and a new one then")
    func again() async throws {
        try await onThread { [self] in
            let journal = try journal()
            defer { journal.close() }
            let draft = try journal.makeDraft(over: nil)
            #expect(draft.isDirty)
            let empty = try draft.seal()
            #expect(!draft.isDirty)
            let same = try draft.seal()
            #expect(same === empty)
            try draft.write(old, at: nil)
            #expect(draft.isDirty)
            let full = try draft.seal()
            try draft.truncate(to: 3)
            let short = try draft.seal()
            #expect(try [empty, full, short].map { try $0.bytes() } == [[], old, Array(old[..<3])])
            #expect(Set([empty.id, full.id, short.id]).count == 3)
        }
    }

    @Test("Whoever reads a content goes on reading it when its change is gone", arguments: [10, 10_000])
    func readers(size: Int) async throws {
        try await onThread { [self] in
            let journal = try journal()
            defer { journal.close() }
            let bytes = Array(old[..<size])
            var draft: Draft? = try journal.makeDraft(over: nil)
            try draft?.write(bytes, at: 0)
            var content = try draft?.seal()
            let change = try journal.change(content)
            try journal.commit([.keep(try #require(content)), .put(change)])
            try journal.commit([.drop(change.id)])

            #expect(try content?.bytes() == bytes)
            #expect(journal.bytesKept == 0)

            // It may even be kept again.
            try journal.commit([.keep(try #require(content)), .put(change)])
            #expect(try content?.bytes() == bytes && journal.bytesKept == UInt64(size))
            try journal.commit([.drop(change.id)])
            (draft, content) = (nil, nil)
            _ = draft
            #expect(fileNames(in: place.contents).isEmpty)
        }
    }

    @Test("A content stays as long as one change names it, or another content lies over it")
    func sharing() async throws {
        try await onThread { [self] in
            let journal = try journal()
            defer { journal.close() }
            var draft: Draft? = try journal.makeDraft(over: nil)
            try draft?.write(old, at: 0)
            var base = try draft?.seal()
            let first = try journal.change(base)
            var second = try journal.change(base)
            try journal.commit([.keep(try #require(base)), .put(first), .put(second)])
            try journal.commit([.drop(first.id)])
            #expect(journal.bytesKept == 10_000)
            try draft?.write([1], at: 0)
            var top = try draft?.seal()
            second.content = top?.id
            try journal.commit([.put(second), .keep(try #require(top))])
            (draft, base, top) = (nil, nil, nil)
            _ = (draft, base, top)

            #expect(fileNames(in: place.contents).count == 2)
            #expect(journal.bytesKept == 10_001)
            #expect(try journal.bytes(of: second) == changed(at: 0, [1]))
            try journal.commit([.drop(second.id)])
            #expect(fileNames(in: place.contents).isEmpty && journal.bytesKept == 0)
        }
    }

    @Test("A file that is changed a little again and again is neither copied each time nor piled up")
    func layers() async throws {
        try await onThread { [self] in
            let journal = try journal()
            defer { journal.close() }
            let draft = try journal.makeDraft(over: nil)
            var bytes = [UInt8](repeating: 3, count: 1 << 20)
            try draft.write(bytes, at: 0)
            var change = try journal.change()
            var (deepest, copied) = (0, UInt64(0))
            for round in 0..<300 {
                let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: 1000)
                let offset = round * 3001 % 1_000_000
                try draft.write(piece, at: UInt64(offset))
                bytes.replaceSubrange(offset..<(offset + 1000), with: piece)
                let content = try draft.seal()
                change.content = content.id
                try journal.commit([.keep(content), .put(change)])
                deepest = max(deepest, content.chain.count)
                if round > 0 { copied += content.ownBytes }
            }
            #expect(try journal.bytes(of: change) == bytes)
            #expect(deepest <= 12, "layers: \(deepest)")
            #expect(copied < 10 << 20, "bytes written for 300 KB of changes: \(copied)")
            #expect(fileNames(in: place.contents).count <= 13)
            print("layers: deepest \(deepest), \(copied) bytes written for 300000 changed")
        }
    }

    @Test("Contents that wait hold no descriptors, however many there are")
    func descriptors() async throws {
        try await onThread { [self] in
            let journal = try journal()
            defer { journal.close() }
            let before = fileNames(in: "/proc/self/fd").count
            var contents: [SealedContent] = []
            for number in 0..<400 {
                let draft = try journal.makeDraft(over: nil)
                try draft.write([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 50 + number), at: 0)
                let content = try draft.seal()
                try journal.commit([.keep(content), .put(try journal.change(content))])
                contents.append(content)
            }
            for content in contents { #expect(try content.bytes().count == Int(content.size)) }
            // Other tests of this process open and close files meanwhile.
            #expect(fileNames(in: "/proc/self/fd").count < before + 250)
        }
    }
}
