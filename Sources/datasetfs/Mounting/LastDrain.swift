internal import DatasetSync
internal import DatasetVFS
internal import Logging

/// What a signal that ends the mount sets off: nothing new is written, what was written is published as long as there is
/// time, then the session ends. A second signal ends it at once.
final class LastDrain: Sendable {
    private struct State {
        var isBegun = false
        var thread: OwnedThread?
    }

    private let fileSystem: VirtualFileSystem
    private let limit: Duration
    private let logger: Logger
    private let cancellation = Cancellation()
    private let state = Monitor(State())

    init(_ fileSystem: VirtualFileSystem, within limit: Duration, logger: Logger) {
        self.fileSystem = fileSystem
        self.limit = limit
        self.logger = logger
    }

    /// - Parameter finish: Ends the session; may be called more than once.
    func begin(_ finish: @escaping @Sendable () -> Void) {
        let isFirst = state.withLock { state in
            defer { state.isBegun = true }
            return !state.isBegun
        }
        guard isFirst else {
            cancellation.cancel()
            return finish()
        }
        let thread = OwnedThread(name: "drain") { [self] in
            drain()
            finish()
        }
        guard let thread else { return finish() }
        state.withLock { $0.thread = thread }
    }

    /// Gives it up and waits until it has noticed.
    func end() {
        cancellation.cancel()
        let thread = state.withLock { $0.thread.take() }
        thread?.join()
    }

    private func drain() {
        let waiting = fileSystem.queue.count
        if waiting > 0 {
            logger.notice(
                "publishing before the end",
                metadata: ["waiting": "\(waiting)", "seconds": "\(limit.inSeconds)"]
            )
        }
        do throws(VFSError) {
            let context = CallContext(cancellation: cancellation)
            let seconds = Array("\(limit.inSeconds)".utf8)
            try fileSystem.setAttribute("user.datasetfs.drain", to: seconds, of: .root, context)
        } catch {
            // What is left is told when the mount has ended.
            logger.notice("not everything is published", metadata: ["errno": "\(error.errno)"])
        }
    }
}
