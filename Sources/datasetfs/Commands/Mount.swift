internal import ArgumentParser
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

/// `datasetfs mount STORE DIR`.
struct Mount: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Mount a store on a directory.",
        discussion: """
            Returns when the mount answers; the file system then runs in the background until `datasetfs unmount DIR`.
            What is written is published when it is closed; “-o ro” mounts for reading only.

            Examples:
              EDISON_PLATFORM_API_KEY=… datasetfs mount edison: ~/data
              datasetfs mount edison+http://127.0.0.1:8080 ~/data --api-key-file ~/.edison-key
              datasetfs mount lab: ~/data --attr-ttl 60
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The store: edison:, edison+http://HOST:PORT, file:DIR, memory: or NAME:.",
            valueName: "store"
        )
    )
    var store: String

    @Argument(help: ArgumentHelp("An existing, empty directory.", valueName: "dir"))
    var directory: String

    @Flag(name: .shortAndLong, help: "Stay in the foreground and log to standard error.")
    var foreground = false

    @Option(
        help: ArgumentHelp(
            "How long what the store said is believed before it is asked again when a file is opened or listed; 0 asks always.",
            valueName: "seconds"
        )
    )
    var attrTtl: Double = 5

    @Option(
        help: ArgumentHelp("Where blocks and facts are kept (default: $XDG_CACHE_HOME/datasetfs).", valueName: "dir")
    )
    var cacheDir: String?

    @Option(help: ArgumentHelp("Most the blocks in the cache may take: 500M, 10G.", valueName: "size"))
    var cacheSize = ByteCount(10 << 30)

    @Option(help: ArgumentHelp("Space that the cache leaves free on its disk.", valueName: "size"))
    var cacheFreeSpace = ByteCount(1 << 30)

    @Option(
        help: ArgumentHelp(
            "Where what was written lies until the store has it; never a cache (default: $XDG_STATE_HOME/datasetfs).",
            valueName: "dir"
        )
    )
    var stateDir: String?

    @Option(
        help: ArgumentHelp(
            "When closing a file succeeds: once the store has it (through), or once it is safe on this machine's disk and is uploaded behind (back).",
            valueName: "through|back"
        )
    )
    var durability = Durability.through

    @Option(
        help: ArgumentHelp(
            "Keep files of such names here and never publish them. May be repeated.",
            valueName: "pattern"
        )
    )
    var ignore: [String] = []

    @Option(
        help: ArgumentHelp(
            "How long a mount that is ended by a signal goes on publishing what was written.",
            valueName: "seconds"
        )
    )
    var drainTimeout: Double = 60

    @Option(
        help: ArgumentHelp(
            "Which zip files are directories: those that the store calls collections, all, or none.",
            valueName: "collections|all|none"
        )
    )
    var archives = ArchivePolicy.collections

    @Option(help: ArgumentHelp("User shown as the owner of everything; you, unless given.", valueName: "number"))
    var uid: UInt32 = getuid()

    @Option(help: ArgumentHelp("Group of everything; yours, unless given.", valueName: "number"))
    var gid: UInt32 = getgid()

    @Option(help: ArgumentHelp("Permission bits taken away from files and directories, octal.", valueName: "mask"))
    var umask: String = "022"

    @Flag(help: "Let other users of this machine in (needs user_allow_other in /etc/fuse.conf unless you are root).")
    var allowOther = false

    @Flag(help: "Mount over a directory that is not empty.")
    var nonempty = false

    @Flag(help: "List all extended attributes, not only those that make sense to copy.")
    var listAllXattrs = false

    @Option(
        name: .customShort("o"),
        help: ArgumentHelp(
            "Options as mount(8) passes them, separated by commas: any of these without its dashes (allow_other,attr_ttl=60), and ro, nosuid, nodev, noexec.",
            valueName: "options"
        )
    )
    var mountOptions: [String] = []

    @OptionGroup(title: "Store options") var storeOptions: StoreOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    /// ro, nosuid, nodev, noexec: passed on to the kernel.
    @Option(help: .hidden)
    var kernelOption: [String] = []

    /// Set by the process in the foreground that waits for this one: where to say that the mount answers.
    @Option(help: .hidden)
    var readyDescriptor: Int32?

    func validate() throws {
        guard attrTtl >= 0, attrTtl.isFinite, attrTtl <= 31_536_000 else {
            throw ValidationError("--attr-ttl takes seconds, 0 or more.")
        }
        guard drainTimeout >= 0, drainTimeout <= 31_536_000 else {
            throw ValidationError("--drain-timeout takes seconds, 0 or more.")
        }
        guard UInt32(umask, radix: 8).map({ $0 <= 0o777 }) ?? false else {
            throw ValidationError("--umask takes an octal number such as 022.")
        }
    }

    func run() throws {
        guard mountOptions.isEmpty else {
            return try Background.runAgain(try MountHelperArguments.expanded(CommandLine.arguments))
        }
        let environment = Environment.variables
        let plan = try MountPlan(self, environment: environment)
        if let readyDescriptor {
            // Not of the terminal's session any more: closing it ends nothing.
            setsid()
            let line = ReadyLine(descriptor: readyDescriptor)
            do throws(Failure) {
                try MountRun(plan: plan, logger: log.logger).run { line.ready(warning: $0) }
            } catch {
                line.fail(error)
                throw error
            }
        } else if foreground {
            try MountRun(plan: plan, logger: log.logger).run { warning in
                if let warning { Console.error("datasetfs: \(warning)") }
            }
        } else {
            let logFile = try plan.logFile()
            try Background.start(arguments: CommandLine.arguments, logFile: logFile, mountPoint: plan.mountPoint)
        }
    }
}

extension Durability: ExpressibleByArgument {}

extension ArchivePolicy: ExpressibleByArgument {}
