internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

/// `datasetfs unmount DIR`.
struct Unmount: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Unmount a directory.",
        discussion: """
            Exit status 0 when it is unmounted and the process behind it has ended, 4 when nothing is mounted there or \
            it is in use.
            """
    )

    @Argument(help: ArgumentHelp("The mount point, or any path below it.", valueName: "dir"))
    var directory: String

    @Flag(help: "Let it vanish at once and end with its last open file.")
    var lazy = false

    func run() throws {
        let process = Mounts.find(directory).flatMap { ControlFiles.status(of: $0.path)?.processID }
        do throws(MountError) {
            try Unmounter.unmount(directory, lazy: lazy)
        } catch {
            throw Failure(.mountPointUnusable, error.description)
        }
        // A lazy unmount ends with the last open file: that may be long.
        if let process, !lazy { ProcessEnd.wait(process, atMost: .seconds(10)) }
    }
}

/// Waits for a process that is not a child of this one.
enum ProcessEnd {
    static func wait(_ process: pid_t, atMost limit: Duration) {
        let time = SystemTime()
        let deadline = Deadline.after(limit)
        var pause = timespec(tv_sec: 0, tv_nsec: 5_000_000)
        while isRunning(process), !deadline.hasPassed(at: time.now()) {
            unsafe nanosleep(&pause, nil)
        }
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
