internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetVFS
internal import Glibc

/// `datasetfs status [DIR]`.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is mounted, how it is doing and what is on its way to the store.",
        discussion: """
            Without DIR every mount is shown. Exit status 1 when there is none or one does not answer, 4 when nothing is \
            mounted on DIR.

            --watch shows it again and again until Ctrl-C or until the mount goes: with a bar for each upload on a \
            terminal, one line a mount otherwise.
            """
    )

    @Argument(help: ArgumentHelp("A mount point, or any path below it.", valueName: "dir"))
    var directory: String?

    @Flag(help: "As JSON: an array with one object a mount; what is on its way stands in “queue”.")
    var json = false

    @Flag(name: .shortAndLong, help: "Go on showing it.")
    var watch = false

    @Option(help: ArgumentHelp("Between two looks with --watch.", valueName: "seconds"))
    var interval: Double = 1

    func validate() throws {
        guard interval >= 0.1, interval <= 86_400 else {
            throw ValidationError("--interval takes 0.1 to 86400 seconds.")
        }
        guard !watch || !json else { throw ValidationError("--watch shows no JSON; read .datasetfs/queue instead.") }
    }

    func run() throws {
        if watch { return try StatusWatch(interval: .seconds(interval), select: selected).run() }
        let rows = try selected().map(StatusRow.init)
        if json {
            try Console.json(rows)
        } else if rows.isEmpty {
            Console.output("Nothing is mounted.")
        } else {
            for row in rows { Console.output(row.text) }
        }
        if rows.isEmpty || rows.contains(where: { $0.status == nil && !$0.isForeign }) {
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }

    private func selected() throws(Failure) -> [MountRecord] {
        guard let directory else { return Mounts.datasets() }
        guard !directory.isEmpty, let mount = Mounts.find(directory) else {
            throw Failure(.mountPointUnusable, MountError.notMounted(directory).description)
        }
        return [mount]
    }
}
