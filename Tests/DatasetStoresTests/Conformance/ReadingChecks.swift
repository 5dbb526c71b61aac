import DatasetModel
import DatasetSync
import DatasetTestSupport
import Synchronization
import Testing

extension StoreConformance {
    static let readingChecks = [
        StoreCheck("reads every file whole") { subject in
            for path in subject.tree.paths {
                guard let content = subject.tree.content(of: path) else { continue }
                try subject.verify(content.wholeRange, of: try subject.node(path), against: content)
            }
        },
        StoreCheck("reads every range of a small file, empty ones too") { subject in
            let content = try subject.content("first/text.txt")
            let node = try subject.node("first/text.txt")
            for offset in 0...content.size {
                for count in 0...(content.size - offset) {
                    let range = ByteRange(offset: offset, count: count)
                    let bytes = try subject.read(range, of: node)
                    try require(bytes == content.bytes(in: range), "\(range) gives \(bytes)")
                }
            }
        },
        StoreCheck("reads the first byte, the last byte and around every boundary of a large file") { subject in
            let content = try subject.content("first/pattern.bin")
            let node = try subject.node("first/pattern.bin")
            for boundary in [0, 1 << 16, 1 << 20, 1 << 21, 3 << 20, content.size] as [UInt64] {
                let start = boundary - min(boundary, 2)
                for offset in start...min(boundary + 1, content.size) {
                    for count in [0, 1, 3] as [UInt64] where offset + count <= content.size {
                        try subject.verify(ByteRange(offset: offset, count: count), of: node, against: content)
                    }
                }
            }
        },
        StoreCheck("reads any range of a large file") { subject in
            let content = try subject.content("first/pattern.bin")
            let node = try subject.node("first/pattern.bin")
            try withSeed("any range") { generator throws in
                for _ in 0..<50 {
                    try subject.verify(content.someRange(&generator), of: node, against: content)
                }
            }
        },
        StoreCheck(
            "reads a big file in pieces",
            planting: { .big(.pattern(seed: 7, size: $0.bigFileSize)) }
        ) { subject in
            let content = try subject.content("big/file.bin")
            let node = try subject.node("big/file.bin")
            try require(node.size == content.size, "the size is \(node.size ?? 0)")
            var offset: UInt64 = 0
            // A piece that is no multiple of any block, so that the boundaries wander.
            while offset < content.size {
                let piece = ByteRange(offset: offset, count: 5_000_011).clamped(to: content.size)
                try subject.verify(piece, of: node, against: content)
                offset = piece.end
            }
        },
        StoreCheck("reads for eight threads at once") { subject in
            let paths: [ReferenceTree.Path] = ["first/pattern.bin", "first/below/deeper/file.bin", "second/text.txt"]
            let nodes = try paths.map { (try subject.node($0), try subject.content($0)) }
            let failures = Mutex<[String]>([])
            let seed: UInt64 = withSeed("eight threads") { $0.next() }
            let threads = (0..<8).map { number in
                OwnedThread(name: "reader-\(number)") {
                    var generator = SeededGenerator(seed: seed &+ UInt64(number))
                    do {
                        for round in 0..<20 {
                            let (node, content) = nodes[(number + round) % nodes.count]
                            try subject.verify(content.someRange(&generator), of: node, against: content)
                        }
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                }
            }
            for thread in threads { thread?.join() }

            try require(!threads.contains { $0 == nil }, "the system has no thread left for a test")
            try require(failures.withLock { $0.isEmpty }, failures.withLock { $0.joined(separator: "\n") })
        },
        StoreCheck("ends a read without an error when the sink wants no more") { subject in
            let content = try subject.content("first/pattern.bin")
            let node = try subject.node("first/pattern.bin")
            for limit in [1, 1000, 1 << 20 | 1] {
                let sink = CollectingSink(limit: limit)
                try subject.read(content.wholeRange, of: node, into: sink)

                let expected = content.bytes(in: ByteRange(offset: 0, count: UInt64(limit)))
                try require(sink.bytes == expected, "\(sink.count) bytes came for a sink of \(limit)")
            }
        },
        StoreCheck("gives the sink no more once it wants no more") { subject in
            let node = try subject.node("first/pattern.bin")
            let sink = RecordingSink { _ in false }
            try subject.read(ByteRange(offset: 0, count: 3 << 20), of: node, into: sink)

            try require(sink.deliveries.count == 1, "the sink was given bytes \(sink.deliveries.count) times")
        },
    ]
}

extension ReferenceTree {
    static func big(_ content: ReferenceContent) -> ReferenceTree {
        var tree = ReferenceTree()
        tree.addFile("big/file.bin", content)
        return tree
    }
}

extension ReferenceContent {
    func someRange(_ generator: inout SeededGenerator) -> ByteRange {
        let offset = UInt64.random(in: 0...size, using: &generator)
        return ByteRange(offset: offset, count: .random(in: 0...min(size - offset, 1 << 20), using: &generator))
    }
}
