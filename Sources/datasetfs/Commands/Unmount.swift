internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

/// `datasetfs unmount DIR`.
struct Unmount: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish what was written, then unmount.",
        discussion: """
            Nothing new can be written from now on; what was written is published, as long as --timeout lets it, and what is \
            left then is listed. It is kept on this machine, and the next mount of the store goes on with it.

            Exit status 0 when it is unmounted, everything is at the store and the process behind it has ended; 7 when it \
            is unmounted and something is not published; 4 when nothing is mounted there or it is in use: it then stays \
            mounted.
            """
    )

    @Argument(help: ArgumentHelp("The mount point, or any path below it.", valueName: "dir"))
    var directory: String

    @Option(help: ArgumentHelp("How long what was written may take to be published.", valueName: "seconds"))
    var timeout: Double = 300

    @Flag(inversion: .prefixedNo, help: "Publish what was written before.")
    var drain = true

    @Flag(help: "Let it vanish at once and end with its last open file; nothing is waited for.")
    var lazy = false

    func validate() throws {
        guard timeout >= 0, timeout <= 31_536_000 else { throw ValidationError("--timeout takes seconds, 0 or more.") }
        guard !directory.isEmpty else { throw ValidationError("The path of the mount is empty.") }
    }

    func run() throws {
        guard let mount = Mounts.find(directory) else {
            throw Failure(.mountPointUnusable, MountError.notMounted(directory).description)
        }
        // Whoever stands in the mount keeps it in use, this process too.
        unsafe chdir("/")
        if lazy { return try takeAway(mount) }
        let status = ControlFiles.status(of: mount.path)
        let left = status?.writing == nil ? [] : try published(mount)
        try takeAway(mount)
        if let process = status?.processID { ProcessEnd.wait(process, atMost: .seconds(30)) }
        guard !left.isEmpty else { return }
        QueueText.report(left, on: mount.path)
        throw Failure(
            .unpublished,
            "unmounted. \(QueueText.things(left.count)) kept on this machine; the next mount of \(mount.source) goes on with it."
        )
    }

    /// Publishes what there is.
    ///
    /// - Returns: What is left.
    private func published(_ mount: MountRecord) throws(Failure) -> [QueueLine] {
        // Told before anything is stopped: a mount that somebody uses stays as it is.
        let holders = MountHolders.find(of: mount.path)
        guard holders.isEmpty else {
            throw Failure(.mountPointUnusable, MountError.busy(mount.path, holders: holders).description)
        }
        let queue = MountQueue(mountPoint: mount.path)
        guard drain else { return queue.lines ?? [] }
        let wait = QueueWait(queue: queue, command: .drain, path: mount.path, progress: .forTerminal)
        switch wait.run(until: .after(.seconds(timeout))) {
        case .left(let lines): return lines
        // Its process has died: only the mount is left to be taken away.
        case .gone, .failed(errno: ENOTCONN): return []
        case .failed(let code):
            throw Failure(
                .failed,
                "what was written to \(mount.path) cannot be published: \(ErrorWords.text(code)). “datasetfs why \(mount.path)” may know more; --no-drain unmounts all the same."
            )
        }
    }

    private func takeAway(_ mount: MountRecord) throws(Failure) {
        do throws(MountError) {
            try Unmounter.unmount(mount.path, lazy: lazy)
        } catch {
            throw Failure(.mountPointUnusable, error.description)
        }
    }
}

/// Waits for a process that is not a child of this one.
enum ProcessEnd {
    static func wait(_ process: pid_t, atMost limit: Duration) {
        let time = SystemTime()
        let deadline = Deadline.after(limit)
        while isRunning(process), !deadline.hasPassed(at: time.now()) { Pause.take(.milliseconds(5)) }
    }

    /// Ended processes that nobody has collected yet (state `Z`, proc(5)) run no more: some containers' init is slow.
    private static func isRunning(_ process: pid_t) -> Bool {
        guard let bytes = ControlFiles.read("/proc/\(process)/stat") else { return false }
        let fields = String(decoding: bytes, as: UTF8.self)
        // The name before the state may hold anything, a closing parenthesis included.
        guard let name = fields.lastIndex(of: ")") else { return false }
        let state = fields[name...].dropFirst(2).first
        return state != "Z" && state != "X"
    }
}
