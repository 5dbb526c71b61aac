internal import DatasetSync

/// Tells the kernel what changed, in order, on a thread of its own.
///
/// The kernel may hold a page lock until one of our requests is answered; a request thread that notified could wait for itself.
final class Invalidator: Sendable {
    enum Notice: Sendable {
        case content(Inode)
        case name(String, parent: Inode)
    }

    private let pool = WorkerPool(name: "invalidate", threads: 1, capacity: 100_000)
    private let kernel = Monitor<(any KernelCache)?>(nil)

    /// Nil disarms it: nothing is told to a kernel that is going away.
    func attach(_ cache: (any KernelCache)?) {
        kernel.withLock { $0 = cache }
    }

    func post(_ notices: [Notice]) {
        guard !notices.isEmpty else { return }
        pool.submit { [kernel] in
            guard let cache = kernel.withLock({ $0 }) else { return }
            for notice in notices {
                switch notice {
                case .content(let inode): cache.invalidate(inode)
                case .name(let name, let parent): cache.invalidate(name: name, in: parent)
                }
            }
        }
    }

    /// At once, on this thread: safe inside a request because only attributes are touched.
    func forgetAttributes(of inode: Inode) {
        kernel.withLock { $0 }?.forgetAttributes(of: inode)
    }

    @available(*, noasync, message: "this blocks the calling thread")
    func shutDown() {
        attach(nil)
        pool.shutDown()
    }
}
