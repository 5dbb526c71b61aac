internal import CFUSE
internal import DatasetSync
internal import Glibc

extension Session {
    /// Why ``run(whenReady:)`` returned.
    package enum Ending: Sendable, Equatable {
        /// Somebody else unmounted, or cut the connection.
        case unmounted
        case exitRequested
    }

    /// How long the end of the session waits for a notification that is under way.
    private static let patience = Duration.seconds(2)
    /// How often the loop is woken until it has noticed.
    private static let wakeInterval = Duration.milliseconds(20)

    /// Answers the kernel's questions on libfuse's workers until the session ends; this thread only waits.
    ///
    /// - Parameter whenReady: Called once, on a worker, when the mount answers.
    /// - Throws: ``MountError/sessionFailed(errno:)`` when the connection broke.
    @available(*, noasync, message: "this blocks the calling thread")
    package func run(whenReady: @escaping @Sendable () -> Void = {}) throws(MountError) -> Ending {
        Self.letWakeSignalThrough()
        let pointer = state.update { state -> SessionPointer? in
            guard case .mounted = state.phase, !state.isExitRequested else { return nil }
            state.phase = .running(loop: pthread_self())
            state.whenReady = whenReady
            return state.pointer
        }
        guard let pointer else { return .exitRequested }
        let status = loop(pointer)
        let (connection, isExitRequested) = state.update { state in
            state.phase = .mounted
            return (state.connection, state.isExitRequested)
        }
        connection?.live.close()
        invalidation.disarm(until: .after(Self.patience))
        guard status >= 0 else { throw .sessionFailed(errno: -status) }
        return isExitRequested ? .exitRequested : .unmounted
    }

    private func loop(_ pointer: SessionPointer) -> Int32 {
        guard let configuration = unsafe fuse_loop_cfg_create() else { return -ENOMEM }
        defer { unsafe fuse_loop_cfg_destroy(configuration) }
        unsafe fuse_loop_cfg_set_max_threads(configuration, limits.threads)
        unsafe fuse_loop_cfg_set_idle_threads(configuration, limits.idleThreads)
        unsafe fuse_loop_cfg_set_clone_fd(configuration, 0)
        let connection = state.withLock { $0.connection }
        // The loop waits for its workers, and they may wait for a store: who asked is gone with the mount.
        let watch = DisconnectWatch(device: unsafe fuse_session_fd(pointer.raw)) { connection?.live.close() }
        defer { watch?.end() }
        return unsafe fuse_session_loop_mt(pointer.raw, configuration)
    }

    /// Ends ``run(whenReady:)`` soon: interrupts the requests that wait and wakes the loop. From any thread; returns at
    /// once, and a second call does nothing.
    package func requestExit() {
        let isFirst = state.update { state in
            defer { state.isExitRequested = true }
            return !state.isExitRequested
        }
        guard isFirst else { return }
        // Kept alive by its own closure; it ends with the loop.
        let thread = OwnedThread(name: "fuse-exit") { [self] in endLoop() }
        if thread == nil { log("no thread is left to end the session: it ends with its next request") }
    }

    private func endLoop() {
        // While the workers still answer: a notification may wait for one of them.
        invalidation.disarm(until: .after(Self.patience))
        let (pointer, connection) = state.withLock { ($0.pointer, $0.connection) }
        connection?.live.close()
        // libfuse's loop looks at the flag when its semaphore wait is interrupted. A signal that comes between its look
        // and its wait is lost: it is sent until the loop has ended.
        while true {
            let isRunning = state.withLock { state in
                guard case .running(let loop) = state.phase, let pointer else { return false }
                unsafe fuse_session_exit(pointer.raw)
                pthread_kill(loop, SIGURG)
                return true
            }
            guard isRunning else { return }
            let hasEnded: Bool? = state.wait(until: .after(Self.wakeInterval)) { state in
                if case .running = state.phase { nil } else { true }
            }
            if hasEnded == true { return }
        }
    }

    /// SIGURG does nothing by default and interrupts nothing; with a handler it interrupts a wait.
    private static func letWakeSignalThrough() {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(SIGURG, &action, nil)
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGURG)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
    }

    /// Takes the mount away if it is still there and frees the session; ends ``run(whenReady:)`` first where it runs.
    ///
    /// The mount vanishes at once, even when it is in use: files still open answer ENOTCONN from then on.
    /// Not from a thread that answers a request.
    @available(*, noasync, message: "this blocks the calling thread")
    package func unmount() {
        requestExit()
        let left = state.wait(until: Deadline.never) { state -> State? in
            if case .running = state.phase { return nil }
            defer {
                state.phase = .over
                state.pointer = nil
                state.connection = nil
            }
            return state
        }
        guard let left, let pointer = left.pointer else { return }
        Self.takeAway(pointer, left.mountPoint, left.device)
        guard invalidation.disarm(until: .after(Self.patience)) else {
            log("the kernel still holds a notification: the session's memory is left to the end of the process")
            return
        }
        Self.destroy(pointer)
    }
}
