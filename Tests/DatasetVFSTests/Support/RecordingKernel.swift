import DatasetSync
import DatasetVFS

/// A kernel's cache that only notes what it is told.
final class RecordingKernel: KernelCache {
    enum Notice: Hashable {
        case content(UInt64)
        case name(String, parent: UInt64)
        case attributes(UInt64)
    }

    private let state = Monitor<[Notice]>([])
    /// Runs on the notifying thread, before the notice is noted.
    private let body: @Sendable (Notice) -> Void

    init(_ body: @escaping @Sendable (Notice) -> Void = { _ in }) {
        self.body = body
    }

    var notices: [Notice] { state.withLock { $0 } }

    func invalidate(_ inode: Inode) { note(.content(inode.rawValue)) }

    func invalidate(name: String, in parent: Inode) { note(.name(name, parent: parent.rawValue)) }

    func forgetAttributes(of inode: Inode) { note(.attributes(inode.rawValue)) }

    func clear() { state.withLock { $0 = [] } }

    /// Waits until it was told that.
    func waits(for notice: Notice, within limit: Duration = .seconds(20)) -> Bool {
        state.wait(until: .after(limit)) { $0.contains(notice) ? true : nil } ?? false
    }

    private func note(_ notice: Notice) {
        body(notice)
        state.update { $0.append(notice) }
    }
}
