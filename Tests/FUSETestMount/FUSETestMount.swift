import DatasetFUSE
import DatasetVFS
import Glibc

/// Mounts the tiny tree, or with --memory one that can be written, and serves it until a signal comes or somebody unmounts: the child process of the mount tests.
///
/// Setting `user.content` on a file changes its bytes, setting `user.gone` takes its name away, and the kernel is told.
/// `FUSETestMount DIRECTORY [--memory] [--wide N] [--big BYTES] [--bare] [--no-keep] [--deadline SECONDS] [--everyone]
/// [--read-only] [--nonempty] [--max-read BYTES]`; says “ready” when the mount answers, “ended: …” with its counters when it is over, and
/// a mount error on stderr with exit code 1.
@main
enum FUSETestMount {
    static func main() {
        ExitSignals.block()
        var arguments = Arguments(CommandLine.arguments)
        let tree = TinyTree(wide: arguments.number("--wide") ?? 10, big: UInt64(arguments.number("--big") ?? 1 << 20))
        let isBare = arguments.flag("--bare")
        let tiny = TinyFileSystem(tree, isBare: isBare, keepsCache: !arguments.flag("--no-keep"))
        let memory = arguments.flag("--memory") ? MemoryFileSystem() : nil
        let options = MountOptions(
            source: "tiny, \\tree",
            audience: arguments.flag("--everyone") ? .everyone : .owner,
            isReadOnly: arguments.flag("--read-only"),
            allowsNonEmpty: arguments.flag("--nonempty"),
            maximumRead: arguments.number("--max-read").map { UInt32($0) },
            deadline: .seconds(arguments.number("--deadline") ?? 60)
        )
        let place = arguments.rest.first ?? ""
        exit(memory.map { serve($0, options, on: place) } ?? serve(tiny, options, on: place))
    }

    private static func serve(_ fileSystem: some TestTree, _ options: MountOptions, on path: String) -> Int32 {
        LibraryLog.redirect { message, _ in say("libfuse: \(message)") }
        let session = Session(fileSystem, options) { say("log: \($0)") }
        fileSystem.tell(session.kernelCache)
        guard ExitSignals.watch({ _ in session.requestExit() }) else { return 3 }
        do throws(MountError) {
            try session.mount(at: path)
            let ending = try session.run { say("ready") }
            session.unmount()
            say("ended: \(ending) \(fileSystem.report)")
            return 0
        } catch {
            complain(error.description)
            return 1
        }
    }

    private static func say(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe write(STDOUT_FILENO, bytes, bytes.count)
    }

    private static func complain(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
    }
}

/// What can be mounted here.
protocol TestTree: FileSystemCalls {
    /// Counters for the last line.
    var report: String { get }
    /// Whom to tell of changes from outside.
    func tell(_ kernel: any KernelCache)
}

extension TinyFileSystem: TestTree {
    func tell(_ kernel: any KernelCache) { changes.tell(kernel) }
}

extension MemoryFileSystem: TestTree {
    func tell(_ kernel: any KernelCache) {}
}

/// The few options of the test program; what is left over are its operands.
struct Arguments {
    private(set) var rest: [String]

    init(_ all: [String]) { rest = Array(all.dropFirst()) }

    mutating func flag(_ name: String) -> Bool {
        guard let index = rest.firstIndex(of: name) else { return false }
        rest.remove(at: index)
        return true
    }

    mutating func number(_ name: String) -> Int? {
        guard let index = rest.firstIndex(of: name), index + 1 < rest.count else { return nil }
        defer { rest.removeSubrange(index...index + 1) }
        return Int(rest[index + 1])
    }
}
