import DatasetModel
import DatasetSync
import DatasetTestSupport
import Testing

extension StoreConformance {
    static let cancellationChecks = [
        StoreCheck("does nothing for who has given up") { subject in
            let node = try subject.node("first/pattern.bin")
            let cancelled = Cancellation()
            cancelled.cancel()

            try subject.requireEveryCall(on: node, with: cancelled, toFail: .interrupted)
        },
        StoreCheck("does nothing after the deadline") { subject in
            let node = try subject.node("first/pattern.bin")
            let late = Cancellation(deadline: .after(.zero))

            try subject.requireEveryCall(on: node, with: late, toFail: .timedOut)
        },
        StoreCheck(
            "breaks off a read when its caller gives up",
            planting: { .big(.pattern(seed: 9, size: $0.bigFileSize)) }
        ) { subject in
            let content = try subject.content("big/file.bin")
            let node = try subject.node("big/file.bin")
            let cancellation = Cancellation()
            let collected = VerifyingSink(content)
            let sink = TappingSink(collected) { cancellation.cancel() }
            let start = SystemTime().now()

            try requireFailure(.interrupted) {
                try subject.store.read(content.wholeRange, of: node, into: sink, until: cancellation)
            }

            try require(SystemTime().now() - start < .seconds(10), "it takes long to notice")
            try require(collected.offset < content.size, "all bytes came nevertheless")
            try require(collected.mismatch == nil, "wrong bytes came")
        },
    ]
}

extension StoreSubject {
    fileprivate func requireEveryCall(
        on node: Node,
        with cancellation: Cancellation,
        toFail code: StoreError.Code
    ) throws {
        try requireFailure(code) { _ = try store.node(at: node.location, until: cancellation) }
        try requireFailure(code) { _ = try store.children(of: .root, after: nil, until: cancellation) }
        let sink = RecordingSink()
        try requireFailure(code) {
            try store.read(ByteRange(offset: 0, count: 1000), of: node, into: sink, until: cancellation)
        }
        try require(sink.count == 0, "\(sink.count) bytes came nevertheless")
    }
}
