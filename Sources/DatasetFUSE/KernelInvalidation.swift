internal import CFUSE
internal import DatasetSync
package import DatasetVFS

/// Tells the kernel what to forget, from the moment it asks its first question until the session ends.
///
/// Never on a thread that answers a request: the kernel may hold the very lock or page that the request needs, and lets
/// the notification return only when it is free. Before and after the session it does nothing.
package final class KernelInvalidation: KernelCache {
    private struct State {
        var session: SessionPointer?
        var inFlight = 0
    }

    private let state = Monitor(State())

    func arm(_ session: SessionPointer) {
        state.withLock { $0.session = session }
    }

    /// Refuses what comes and waits for what is under way; the loop must still answer then.
    ///
    /// - Returns: False when a notification was still under way at the deadline.
    @available(*, noasync, message: "this blocks the calling thread")
    @discardableResult
    func disarm(until deadline: Deadline) -> Bool {
        state.withLock { $0.session = nil }
        return state.wait(until: deadline) { $0.inFlight == 0 ? true : nil } ?? false
    }

    package func invalidate(_ inode: Inode) {
        unsafe notify { unsafe fuse_lowlevel_notify_inval_inode($0, inode.rawFuse, 0, 0) }
    }

    package func invalidate(name: String, in parent: Inode) {
        unsafe notify { unsafe fuse_lowlevel_notify_inval_entry($0, parent.rawFuse, name, name.utf8.count) }
    }

    package func forgetAttributes(of inode: Inode) {
        // A negative offset leaves the pages alone.
        unsafe notify { unsafe fuse_lowlevel_notify_inval_inode($0, inode.rawFuse, -1, 0) }
    }

    /// What the kernel does not know (ENOENT) it need not forget, and a connection that is gone knows nothing.
    private func notify(_ send: (OpaquePointer) -> Int32) {
        let session = state.withLock { state -> SessionPointer? in
            guard let session = state.session else { return nil }
            state.inFlight += 1
            return session
        }
        guard let session else { return }
        _ = unsafe send(session.raw)
        state.update { $0.inFlight -= 1 }
    }
}

extension Inode {
    fileprivate var rawFuse: fuse_ino_t { fuse_ino_t(rawValue) }
}
