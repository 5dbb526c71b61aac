internal import DatasetSync
internal import Synchronization

extension Edison {
    /// Passes on the part of a body that was asked for and counts it.
    final class PartSink: ByteSink {
        private struct State {
            var skip: UInt64
            var delivered: UInt64 = 0
            var isRefused = false
        }

        private let limit: UInt64
        private let target: any ByteSink
        private let state: Mutex<State>

        /// - Parameters:
        ///   - skip: Bytes in front that were not asked for.
        ///   - limit: Bytes to pass on after them; what comes beyond ends the transfer.
        init(_ target: any ByteSink, skip: UInt64, limit: UInt64) {
            self.target = target
            self.limit = limit
            state = Mutex(State(skip: skip))
        }

        var delivered: UInt64 { state.withLock { $0.delivered } }
        /// The target wants no more.
        var isRefused: Bool { state.withLock { $0.isRefused } }

        func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
            // The target is called outside the lock; deliveries of one transfer never overlap.
            let (start, count) = state.withLock { state -> (Int, Int) in
                let start = min(UInt64(bytes.count), state.skip)
                state.skip -= start
                let count = min(UInt64(bytes.count) - start, limit - state.delivered)
                return (Int(start), Int(count))
            }
            var wantsMore = true
            if count > 0 {
                wantsMore = unsafe target.receive(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)]))
            }
            let isTooLong = start + count < bytes.count
            state.withLock { state in
                state.delivered += UInt64(count)
                state.isRefused = !wantsMore
            }
            return wantsMore && !isTooLong
        }
    }

    /// Gathers a small object, to be looked at before it is passed on.
    final class GatheringSink: ByteSink {
        private let state = Mutex<[UInt8]>([])

        var bytes: [UInt8] { state.withLock { $0 } }

        func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
            state.withLock { unsafe $0 += bytes }
            return true
        }
    }
}
