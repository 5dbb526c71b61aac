internal import DatasetFUSE
internal import DatasetModel
internal import DatasetStores
internal import DatasetSync
internal import DatasetVFS
internal import Glibc
internal import Logging

/// The life of one mount in its process: check the store, mount, serve, unmount.
struct MountRun {
    let plan: MountPlan
    let logger: Logger

    /// Most time the store may take to answer before the mount is made.
    private static let greeting: Duration = .seconds(15)

    /// - Parameter ready: Called once the kernel has the mount; with a warning when the store does not answer.
    func run(ready: @escaping @Sendable (_ warning: String?) -> Void) throws(Failure) {
        // Before any thread exists: all of them leave these signals to the watcher.
        ExitSignals.block()
        try checkPlace()
        let options = plan.command.storeOptions
        let wired = try Wiring.store(
            plan.store,
            connections: options.connections,
            logger: logger
        )
        defer { wired.shutDown() }
        let fileSystem = try Wiring.fileSystem(wired, plan: plan, logger: logger)
        defer { fileSystem.shutDown() }
        var warning = try greet(fileSystem)
        if warning == nil { warning = Greeting.unknownNames(in: plan.store, wired.store, within: Self.greeting) }
        do throws(VFSError) {
            try fileSystem.start()
        } catch {
            throw Failure(error.cause ?? StoreError(.localFailure, "the journal cannot be read (errno \(error.errno))"))
        }
        // A working directory keeps its file system from being unmounted.
        unsafe chdir("/")
        do throws(MountError) {
            try serve(fileSystem) { [warning] in ready(warning) }
        } catch {
            throw Failure(Self.status(of: error), error.description)
        }
        try checkLeft(fileSystem)
    }

    /// Looks at the mount point before anything else is touched: its faults are the commonest and the cheapest to find.
    private func checkPlace() throws(Failure) {
        do throws(MountError) {
            try Session.check(plan.mountPoint, options)
        } catch {
            throw Failure(Self.status(of: error), error.description)
        }
        guard case .directory(let source) = plan.address else { return }
        guard let inner = Paths.resolved(plan.mountPoint), let outer = Paths.resolved(source) else { return }
        guard inner == outer || inner.hasPrefix(outer + "/") else { return }
        throw Failure(
            .mountPointUnusable,
            "the mount point \(plan.mountPoint) lies in the directory that is to be mounted: it would show itself in itself. "
                + "Choose a directory outside of \(source)."
        )
    }

    /// Asks the store once, so that a wrong key or address is told here and not by the first `ls`.
    ///
    /// - Returns: A warning when the store does not answer but is known from before.
    private func greet(_ fileSystem: VirtualFileSystem) throws(Failure) -> String? {
        let limit = min(Self.greeting, .seconds(plan.command.storeOptions.deadline))
        do throws(VFSError) {
            try fileSystem.greet(until: Cancellation(deadline: .after(limit)))
            return nil
        } catch {
            guard let cause = error.cause else {
                throw Failure(.failed, "\(plan.source) cannot be read (errno \(error.errno)).")
            }
            let failure = Failure(cause)
            guard cause.code.isConnectivity, fileSystem.knowsRoot else { throw failure }
            return "\(failure.message) What is known from earlier mounts is shown meanwhile."
        }
    }

    private func serve(_ fileSystem: VirtualFileSystem, ready: @escaping @Sendable () -> Void) throws(MountError) {
        let logger = logger
        let session = Session(fileSystem, options(isReadOnly: fileSystem.isReadOnly)) { logger.notice("\($0)") }
        try session.mount(at: plan.mountPoint)
        fileSystem.attach(session.kernelCache)
        let drain = LastDrain(fileSystem, within: .seconds(plan.command.drainTimeout), logger: logger)
        let isWatched = ExitSignals.watch { signal in
            logger.info("ending", metadata: ["signal": "\(signal)"])
            drain.begin { session.requestExit() }
        }
        if !isWatched { logger.warning("no thread is left to watch for signals: end the mount by unmounting it") }
        logger.info("mounted", metadata: ["store": "\(plan.source)", "directory": "\(plan.mountPoint)"])
        defer {
            // Taken away from outside while it drained: nobody waits for the rest.
            drain.end()
            fileSystem.attach(nil)
            session.unmount()
            logger.info("unmounted", metadata: ["directory": "\(plan.mountPoint)"])
        }
        _ = try session.run(whenReady: ready)
    }

    /// Says what is not published when the mount ends, however it does.
    private func checkLeft(_ fileSystem: VirtualFileSystem) throws(Failure) {
        let left = fileSystem.queue
        guard !left.isEmpty else { return }
        for line in left.prefix(100) {
            logger.warning("not published", metadata: ["path": "\(line.path)", "state": "\(QueueText.state(line))"])
        }
        throw Failure(
            .unpublished,
            "the mount on \(plan.mountPoint) has ended. \(QueueText.things(left.count)) not published; kept in \(plan.stateBase), the next mount of \(plan.source) goes on with it."
        )
    }

    private var options: MountOptions { options(isReadOnly: plan.isReadOnly) }

    private func options(isReadOnly: Bool) -> MountOptions {
        let kernel = Set(plan.command.kernelOption)
        return MountOptions(
            source: plan.source,
            audience: plan.command.allowOther ? .everyone : .owner,
            isReadOnly: isReadOnly,
            forbidsExecution: kernel.contains("noexec"),
            allowsNonEmpty: plan.command.nonempty,
            deadline: .seconds(plan.command.storeOptions.deadline)
        )
    }

    private static func status(of error: MountError) -> ExitStatus {
        switch error {
        case .noDevice, .deviceDenied, .noCapability, .noHelper, .audienceDenied: .cannotMount
        case .mountPointMissing, .mountPointNotDirectory, .mountPointUnreadable, .mountPointDenied, .alreadyMounted,
            .stale, .notEmpty, .busy, .notMounted:
            .mountPointUnusable
        case .badOption, .refused, .sessionFailed, .unmountFailed: .failed
        }
    }
}
