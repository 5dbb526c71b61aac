internal import DatasetSync
internal import Glibc

/// Signals that end the process, taken by a thread of their own instead of by handlers.
package enum ExitSignals {
    /// SIGHUP, SIGINT and SIGTERM.
    private static func set() -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for signal in [SIGHUP, SIGINT, SIGTERM] { unsafe sigaddset(&set, signal) }
        return set
    }

    /// Keeps the signals from this thread and from those it starts; to be called before any other thread exists.
    package static func block() {
        var set = set()
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Calls `handle` with each signal, one after the other, on a thread that lives as long as the process.
    ///
    /// - Returns: False when the system has no thread left.
    package static func watch(_ handle: @escaping @Sendable (Int32) -> Void) -> Bool {
        let thread = OwnedThread(name: "signals") {
            var set = set()
            while true {
                var signal: Int32 = 0
                guard unsafe sigwait(&set, &signal) == 0 else { return }
                handle(signal)
            }
        }
        return thread != nil
    }
}
