import DatasetSync
import DatasetVFS
import Synchronization

/// What a test changed from outside, and the thread that tells the kernel so.
final class TinyChanges: Sendable {
    private struct State {
        var contents: [Inode: [UInt8]] = [:]
        var gone: Set<Inode> = []
        var kernel: (any KernelCache)?
    }

    private let state = Mutex(State())
    private let teller = WorkerPool(name: "teller", threads: 1, capacity: 100)

    func tell(_ kernel: any KernelCache) {
        state.withLock { $0.kernel = kernel }
    }

    func content(of inode: Inode) -> [UInt8]? { state.withLock { $0.contents[inode] } }

    func isGone(_ inode: Inode) -> Bool { state.withLock { $0.gone.contains(inode) } }

    /// Takes one of the two attributes that change something; others change nothing.
    func apply(_ name: String, _ value: [UInt8], to inode: Inode) {
        let kernel = state.withLock { state in
            if name == "user.content" { state.contents[inode] = value }
            if name == "user.gone" { state.gone.insert(inode) }
            return state.kernel
        }
        guard let kernel else { return }
        switch name {
        case "user.content": teller.submit { kernel.invalidate(inode) }
        // Only hello.txt goes in the tests: inode 4, in the root.
        case "user.gone": teller.submit { kernel.invalidate(name: "hello.txt", in: .root) }
        default: break
        }
    }
}
