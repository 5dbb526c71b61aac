internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// One version of a file at the platform as a content that is to be published.
    ///
    /// Its readers go through several parts at once, a little at a time: what is fetched is a block, and a few are kept.
    final class StoredContent: StagedContent {
        private static let blockSize: UInt64 = 4 << 20
        /// Blocks kept, at least one for each part on its way.
        private static let blocks = 8

        let size: UInt64
        private let node: Node
        private let store: Store
        private let cancellation: Cancellation
        private let kept = Mutex(Recent<UInt64, [UInt8]>(capacity: StoredContent.blocks))

        init(_ node: Node, in store: Store, until cancellation: Cancellation) {
            size = node.size ?? 0
            self.node = node
            self.store = store
            self.cancellation = cancellation
        }

        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) {
            var done = 0
            while done < buffer.count {
                let position = offset + UInt64(done)
                let bytes = try block(position / Self.blockSize)
                let start = Int(position % Self.blockSize)
                let count = min(bytes.count - start, buffer.count - done)
                guard count > 0 else { throw StoreError(.corrupt, "an earlier version ended too early") }
                unsafe bytes.withUnsafeBytes { source in
                    let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done..<(done + count)])
                    unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<(start + count)]))
                }
                done += count
            }
        }

        private func block(_ number: UInt64) throws(StoreError) -> [UInt8] {
            if let known = kept.withLock({ $0.value(number) }) { return known }
            let start = number * Self.blockSize
            let range = ByteRange(offset: start, count: min(Self.blockSize, size - min(start, size)))
            let sink = GatheringSink()
            try store.read(range, of: node, into: sink, until: cancellation)
            let bytes = sink.bytes
            guard UInt64(bytes.count) == range.count else {
                throw StoreError(.corrupt, "an earlier version ended too early")
            }
            kept.withLock { $0.set(bytes, for: number) }
            return bytes
        }
    }
}

/// Gathers what a read sends.
private final class GatheringSink: ByteSink {
    private let gathered = Mutex<[UInt8]>([])

    var bytes: [UInt8] { gathered.withLock { $0 } }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        gathered.withLock { unsafe $0.append(contentsOf: bytes) }
        return true
    }
}
