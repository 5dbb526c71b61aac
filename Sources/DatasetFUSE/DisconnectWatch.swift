internal import DatasetSync
internal import Glibc

/// Notices the end of the kernel's connection while every worker may be busy with a request.
///
/// libfuse learns of an unmount when a worker reads the next request, and then waits for the others: nobody would tell
/// those that wait for a store. The kernel reports POLLERR on the device of a connection that is over.
///
/// The device is looked at now and then rather than waited on: the kernel wakes whoever polls it for every single request
/// (`wake_up` without a key), a context switch each.
final class DisconnectWatch: Sendable {
    /// Milliseconds between two looks.
    private static let interval: Int32 = 200

    private let thread: OwnedThread
    /// The end of a pipe whose closing ends the wait.
    private let ending: Int32

    /// - Parameters:
    ///   - device: Open until ``end()`` has returned.
    ///   - notice: Called at most once, on a thread of its own.
    /// - Returns: Nil when the system has no descriptor or thread left: the loop then ends with its last request.
    init?(device: Int32, notice: @escaping @Sendable () -> Void) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        let (ended, ending) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let thread = OwnedThread(name: "fuse-watch") {
            if Self.waitForEnd(of: device, or: ended) { notice() }
            close(ended)
        }
        guard let thread else {
            for end in ends { close(end) }
            return nil
        }
        self.thread = thread
        self.ending = ending
    }

    /// - Returns: False when the pipe was closed first.
    private static func waitForEnd(of device: Int32, or ended: Int32) -> Bool {
        while true {
            var ending = pollfd(fd: ended, events: 0, revents: 0)
            let ends = unsafe poll(&ending, 1, interval)
            guard ends >= 0 || errno == EINTR, ending.revents == 0 else { return false }
            // No events are asked for: errors are reported always (poll(2)).
            var connection = pollfd(fd: device, events: 0, revents: 0)
            if unsafe poll(&connection, 1, 0) > 0 { return true }
        }
    }

    /// Stops watching; the device may be closed afterwards.
    @available(*, noasync, message: "this blocks the calling thread")
    func end() {
        close(ending)
        thread.join()
    }
}
