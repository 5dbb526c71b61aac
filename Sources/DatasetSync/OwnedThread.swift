internal import Glibc

/// A thread with an owner: started here, named, joined by whoever made it.
///
/// Sendable although unchecked: the handle is written once in `init` and `join` is only called by the owner.
package final class OwnedThread: @unchecked Sendable {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private var handle = pthread_t()
    private var isJoined = false

    /// Starts the thread.
    ///
    /// - Parameter name: Shown by `top -H`; the kernel keeps 15 bytes.
    /// - Returns: Nil when the system has no more threads to give.
    package init?(name: String, _ run: @escaping @Sendable () -> Void) {
        let argument = unsafe Unmanaged.passRetained(
            Body {
                Self.nameThisThread(name)
                run()
            }
        )
        let status = unsafe pthread_create(
            &handle,
            nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.run()
                return nil
            },
            argument.toOpaque()
        )
        guard status == 0 else {
            unsafe argument.release()
            isJoined = true
            return nil
        }
    }

    /// `pthread_setname_np` is not in the Glibc module; the kernel takes the name here as well (proc(5)).
    private static func nameThisThread(_ name: String) {
        let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(name.utf8.prefix(15))
        _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }

    deinit {
        if !isJoined { pthread_detach(handle) }
    }

    /// Waits for the thread to end; a second call returns at once.
    @available(*, noasync, message: "this blocks the calling thread")
    package func join() {
        guard !isJoined else { return }
        isJoined = true
        pthread_join(handle, nil)
    }
}
