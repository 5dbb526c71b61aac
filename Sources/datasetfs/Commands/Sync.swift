internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

/// `datasetfs sync [PATH]`.
struct Sync: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Wait until the store has what was written.",
        discussion: """
            With PATH: a mount, or a file or directory on one, and what lies below it. Without: every mount. What is written \
            while it waits is not waited for. On a terminal it shows how far the uploads are.

            Exit status 0 when everything is at the store, 1 when something is left (it is listed, and stays kept), 4 when \
            nothing is mounted there.
            """
    )

    @Argument(help: ArgumentHelp("A path on a mount.", valueName: "path"))
    var path: String?

    @OptionGroup var limit: WaitLimit

    @Flag(help: "As JSON: an array with one object a mount, what is left in “left”.")
    var json = false

    func run() throws {
        let places = try self.places()
        let deadline = limit.deadline(otherwise: .seconds(86_400))
        var rows: [Row] = []
        for place in places {
            let queue = MountQueue(mountPoint: place.mount.path, inside: place.inside)
            let wait = QueueWait(queue: queue, command: .sync, path: place.path, progress: .forTerminal)
            let left = try left(after: wait.run(until: deadline), at: place.path)
            if !json { QueueText.report(left, on: place.mount.path) }
            rows.append(Row(mountPoint: place.mount.path, path: place.inside, left: left))
        }
        if json { try Console.json(rows) }
        if rows.contains(where: { !$0.left.isEmpty }) { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private struct Row: Encodable {
        var mountPoint: String
        var path: String
        var left: [QueueLine]

        enum CodingKeys: String, CodingKey {
            case path, left
            case mountPoint = "mount_point"
        }
    }

    private func places() throws(Failure) -> [MountedPath] {
        if let path { return [try MountedPath(path)] }
        let mounts = Mounts.datasets().filter { !$0.isForeign }
        guard !mounts.isEmpty else { throw Failure(.mountPointUnusable, "nothing is mounted.") }
        return mounts.map { MountedPath(mount: $0) }
    }

    private func left(after outcome: QueueWait.Outcome, at path: String) throws(Failure) -> [QueueLine] {
        switch outcome {
        case .left(let lines): return lines
        case .gone, .failed(errno: ENOTCONN):
            throw Failure(
                .failed,
                "the mount of \(path) does not answer any more. What was closed is kept and goes on with the next mount."
            )
        case .failed(let code): throw Failure(.failed, "cannot wait for \(path): \(ErrorWords.text(code)).")
        }
    }
}

/// `--timeout SECONDS`.
struct WaitLimit: ParsableArguments {
    @Option(help: ArgumentHelp("Wait no longer than this.", valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        guard let timeout else { return }
        guard timeout >= 0, timeout <= 31_536_000 else { throw ValidationError("--timeout takes seconds, 0 or more.") }
    }

    func deadline(otherwise: Duration) -> Deadline { .after(timeout.map { .seconds($0) } ?? otherwise) }
}
