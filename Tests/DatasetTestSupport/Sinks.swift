internal import DatasetSync
internal import Synchronization

/// Gathers what it receives in memory, optionally only up to a limit.
package final class CollectingSink: ByteSink {
    private let state = Mutex<[UInt8]>([])
    private let limit: Int

    /// - Parameter limit: With this many bytes or more it asks for no more; the rest of a delivery is dropped.
    package init(limit: Int = .max) {
        self.limit = limit
    }

    package var bytes: [UInt8] { state.withLock { $0 } }
    package var count: Int { state.withLock { $0.count } }

    package func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        state.withLock { state in
            unsafe state.append(contentsOf: bytes.prefix(limit - state.count))
            return state.count < limit
        }
    }
}

/// Keeps no bytes, only the length of each delivery; a script may run at each.
package final class RecordingSink: ByteSink {
    private let state = Mutex<[Int]>([])
    private let body: @Sendable (_ received: Int) -> Bool

    /// - Parameter body: Called after each delivery with the bytes received in all; answers whether it wants more.
    package init(_ body: @escaping @Sendable (_ received: Int) -> Bool = { _ in true }) {
        self.body = body
    }

    package var deliveries: [Int] { state.withLock { $0 } }
    package var count: Int { deliveries.reduce(0, +) }

    package func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let received = state.withLock { state in
            state.append(bytes.count)
            return state.reduce(0, +)
        }
        return body(received)
    }
}
