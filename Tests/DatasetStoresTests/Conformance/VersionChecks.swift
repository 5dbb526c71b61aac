import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let versionChecks = [
        StoreCheck("tells the same version as long as nothing changes") { subject in
            let node = try subject.node("first/pattern.bin")
            _ = try subject.read(ByteRange(offset: 0, count: 1000), of: node)
            try subject.fixture.put(.file(.text("beside it")), at: "first/other.txt")

            try require(try subject.node("first/pattern.bin").version == node.version, "the version moved by itself")
        },
        StoreCheck("tells another version after every change, also of the same length and at once") { subject in
            var versions: [Version?] = []
            for round in 0..<10 as Range<UInt64> {
                let content = ReferenceContent.pattern(seed: 100 + round, size: 5000)
                try subject.fixture.put(.file(content), at: "first/text.txt")
                let node = try subject.node("first/text.txt")
                try subject.verify(content.wholeRange, of: node, against: content)
                versions.append(node.version)
            }
            try require(Set(versions).count == versions.count, "two contents share a version: \(versions)")
        },
        StoreCheck("never gives new bytes for an old version") { subject in
            for round in 0..<10 as Range<UInt64> {
                let old = ReferenceContent.pattern(seed: 200 + round, size: 300_000)
                try subject.fixture.put(.file(old), at: "first/text.txt")
                let node = try subject.node("first/text.txt")

                try subject.fixture.put(.file(.pattern(seed: 300 + round, size: 300_000)), at: "first/text.txt")

                try subject.requireOldOrGone(node, old)
            }
        },
        StoreCheck(
            "never mixes old and new bytes when the content changes in the midst of a read",
            planting: { _ in .big(.pattern(seed: 400, size: 8 << 20)) }
        ) { subject in
            let old = try subject.content("big/file.bin")
            let node = try subject.node("big/file.bin")
            let change = Once {
                try subject.fixture.put(.file(.pattern(seed: 401, size: old.size)), at: "big/file.bin")
            }

            try subject.requireOldOrGone(node, old) { change.run() }

            try require(change.error == nil, "the change failed: \(String(describing: change.error))")
        },
        StoreCheck("gives the old bytes of what was removed, or says that they are gone") { subject in
            let old = try subject.content("second/text.txt")
            let node = try subject.node("second/text.txt")
            try subject.fixture.remove("second/text.txt")

            try subject.requireOldOrGone(node, old)
        },
        StoreCheck("reads what grew or shrank as it is now, and not as it was") { subject in
            for size in [20, 5, 0, 100_000] as [UInt64] {
                let content = ReferenceContent.pattern(seed: 500 + size, size: size)
                try subject.fixture.put(.file(content), at: "second/text.txt")
                let node = try subject.node("second/text.txt")

                try require(node.size == size, "the size is \(node.size ?? 0), not \(size)")
                try subject.verify(content.wholeRange, of: node, against: content)
            }
        },
    ]
}

extension StoreSubject {
    /// Reads all of `node`: the answer is the old content whole, or `.versionGone`.
    ///
    /// - Parameter onBytes: Called at each delivery.
    fileprivate func requireOldOrGone(
        _ node: Node,
        _ old: ReferenceContent,
        onBytes: @escaping @Sendable () -> Void = {}
    ) throws {
        let sink = VerifyingSink(old)
        let tap = TappingSink(sink, onBytes)
        do {
            try read(old.wholeRange, of: node, into: tap)
        } catch let error as StoreError {
            try require(error.code == .versionGone, "fails with \(error)")
            return
        }
        try require(sink.mismatch == nil, "new bytes came at \(sink.mismatch ?? 0)")
        try require(sink.offset == old.size, "only \(sink.offset) bytes came")
    }
}
