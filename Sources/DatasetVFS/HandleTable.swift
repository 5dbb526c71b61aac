internal import Synchronization

/// Open files and directories by the number the kernel hands back.
final class HandleTable<Handle: Sendable>: Sendable {
    private struct State {
        var next: UInt64 = 1
        var handles: [UInt64: Handle] = [:]
    }

    private let state = Mutex(State())

    func insert(_ handle: Handle) -> UInt64 {
        state.withLock { state in
            defer { state.next += 1 }
            state.handles[state.next] = handle
            return state.next
        }
    }

    subscript(number: UInt64) -> Handle? {
        state.withLock { $0.handles[number] }
    }

    func remove(_ number: UInt64) -> Handle? {
        state.withLock { $0.handles.removeValue(forKey: number) }
    }

    var all: [Handle] { state.withLock { Array($0.handles.values) } }

    var count: Int { state.withLock { $0.handles.count } }
}
