internal import CFUSE
internal import DatasetSync
package import DatasetVFS
internal import Glibc

/// One mount from its making to its end: ``mount(at:)``, ``run(whenReady:)``, ``unmount()``, in this order.
///
/// ```
/// idle ──mount──▶ mounted ──run──▶ running ──▶ mounted ──unmount──▶ over
/// ```
/// ``run(whenReady:)`` returns when the mount was taken away from outside or after ``requestExit()``. Whoever waits for
/// a request then is interrupted, so that no worker is left behind.
package final class Session: Sendable {
    struct State {
        enum Phase {
            case idle
            case mounted
            case running(loop: pthread_t)
            case over
        }

        var phase = Phase.idle
        var pointer: SessionPointer?
        var connection: Connection?
        var mountPoint: String?
        /// The mount's device number, by which it is known from another that took its place.
        var device: String?
        var isExitRequested = false
        var whenReady: (@Sendable () -> Void)?
    }

    let state = Monitor(State())
    let invalidation = KernelInvalidation()
    let options: MountOptions
    let limits = ConnectionLimits()
    let log: @Sendable (String) -> Void
    private let calls: any FileSystemCalls

    /// - Parameter log: Takes what is worth knowing and breaks nothing, on any thread.
    package init(
        _ calls: any FileSystemCalls,
        _ options: MountOptions,
        log: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.calls = calls
        self.options = options
        self.log = log
    }

    deinit {
        let (pointer, path, device) = state.withLock { ($0.pointer, $0.mountPoint, $0.device) }
        guard let pointer else { return }
        Self.takeAway(pointer, path, device)
        Self.destroy(pointer)
    }

    /// What the file system tells the kernel through.
    package var kernelCache: any KernelCache { invalidation }

    /// Looks whether ``mount(at:)`` could work there, without mounting.
    ///
    /// - Throws: What is wrong with the options, the place or this account's rights.
    package static func check(_ path: String, _ options: MountOptions) throws(MountError) {
        try options.validate()
        _ = try MountPoint(checking: path, options)
        try MountRights.check(options.audience)
    }

    /// Makes the mount; the kernel's questions wait from now on until ``run(whenReady:)`` answers them.
    ///
    /// - Throws: What is wrong with the options, the place or this account's rights, or libfuse's own words.
    @available(*, noasync, message: "this blocks the calling thread")
    package func mount(at path: String) throws(MountError) {
        try options.validate()
        let place = try MountPoint(checking: path, options)
        try MountRights.check(options.audience)
        // Weak: the session owns the connection.
        let connection = Connection(
            calls,
            limits: limits,
            maximumRead: options.maximumRead,
            deadline: options.deadline,
            whenStarted: { [weak self] in self?.started() }
        )
        guard let connection else { throw .refused(path, details: "the process has no thread keys left.") }
        let (outcome, messages) = LibraryLog.gathering { Self.create(connection, options.arguments, place.path) }
        guard let pointer = outcome else {
            let words = messages.isEmpty ? "libfuse gave no reason." : messages.joined(separator: "; ")
            throw .refused(place.path, details: words)
        }
        let device = Mounts.mounted(on: place.path)?.device
        state.update { state in
            state.phase = .mounted
            state.device = device
            state.pointer = pointer
            state.connection = connection
            state.mountPoint = place.path
        }
    }

    /// The INIT reply has been taken: the mount answers.
    private func started() {
        let (pointer, path, whenReady) = state.withLock { ($0.pointer, $0.mountPoint, $0.whenReady) }
        if let path, let problem = ReadAheadSetting.apply(options.readAhead, toMountOn: path) {
            log("read-ahead stays at the kernel's default: \(problem)")
        }
        if let pointer { invalidation.arm(pointer) }
        whenReady?()
    }

    private static func create(_ connection: Connection, _ arguments: [String], _ path: String) -> SessionPointer? {
        let userdata = UnsafeMutablePointer<cfuse_userdata>.allocate(capacity: 1)
        unsafe userdata.initialize(to: cfuse_userdata())
        unsafe userdata.pointee.owner = Unmanaged.passRetained(connection).toOpaque()
        unsafe userdata.pointee.set = ConnectionLimits.setFlags
        unsafe userdata.pointee.started = { owner in
            guard let owner = unsafe owner else { return }
            unsafe Unmanaged<Connection>.fromOpaque(owner).takeUnretainedValue().started()
        }
        var table = Operations.table()
        var vector: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        defer { unsafe vector.forEach { unsafe free($0) } }
        let raw = unsafe vector.withUnsafeMutableBufferPointer { vector in
            var list = unsafe fuse_args(argc: Int32(vector.count), argv: vector.baseAddress, allocated: 0)
            defer { unsafe fuse_opt_free_args(&list) }
            return unsafe fuse_session_new(&list, &table, MemoryLayout<fuse_lowlevel_ops>.size, userdata)
        }
        guard let raw = unsafe raw else {
            unsafe release(userdata)
            return nil
        }
        let pointer = unsafe SessionPointer(raw: raw, userdata: userdata)
        guard unsafe fuse_session_mount(raw, path) == 0, unsafe cfuse_intercept(raw, fuse_session_fd(raw)) == 0 else {
            unsafe fuse_session_unmount(raw)
            destroy(pointer)
            return nil
        }
        return pointer
    }

    /// Unmounts what is still ours: after a lazy unmount from outside, another mount may stand in the same place.
    static func takeAway(_ pointer: SessionPointer, _ path: String?, _ device: String?) {
        guard let path, let device, Mounts.mounted(on: path)?.device == device else { return }
        unsafe fuse_session_unmount(pointer.raw)
    }

    /// Frees what libfuse and the callbacks used; nobody may use them any more.
    static func destroy(_ pointer: SessionPointer) {
        unsafe fuse_session_destroy(pointer.raw)
        unsafe release(pointer.userdata)
    }

    private static func release(_ userdata: UnsafeMutablePointer<cfuse_userdata>) {
        if let owner = unsafe userdata.pointee.owner { unsafe Unmanaged<Connection>.fromOpaque(owner).release() }
        unsafe userdata.deinitialize(count: 1)
        unsafe userdata.deallocate()
    }
}
