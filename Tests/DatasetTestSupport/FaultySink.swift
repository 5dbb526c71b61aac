internal import DatasetSync
internal import Synchronization

/// Spoils bytes on their way from a store to the sink behind it.
final class FaultySink: ByteSink {
    private struct State {
        var offset: UInt64
        var delivered: UInt64 = 0
        var isTruncated = false
    }

    private let base: any ByteSink
    private let fault: StoreFault?
    private let state: Mutex<State>

    init(_ base: any ByteSink, from offset: UInt64, _ fault: StoreFault?) {
        self.base = base
        self.fault = fault
        state = Mutex(State(offset: offset))
    }

    var delivered: UInt64 { state.withLock { $0.delivered } }
    var isTruncated: Bool { state.withLock { $0.isTruncated } }

    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var copy = unsafe Array(bytes)
        // A transfer delivers from one thread at a time: the base is called outside the lock.
        let isTruncated = state.withLock { state in
            switch fault {
            case .corruptByte(let place) where place >= state.offset && place < state.offset + UInt64(copy.count):
                copy[Int(place - state.offset)] ^= 1
            case .truncate(let limit, _) where state.delivered + UInt64(copy.count) >= limit:
                copy.removeLast(copy.count - Int(limit - state.delivered))
                state.isTruncated = true
            default: break
            }
            state.offset += UInt64(copy.count)
            state.delivered += UInt64(copy.count)
            return state.isTruncated
        }
        let wantsMore = copy.isEmpty || (unsafe copy.withUnsafeBytes { unsafe base.receive($0) })
        return wantsMore && !isTruncated
    }
}
