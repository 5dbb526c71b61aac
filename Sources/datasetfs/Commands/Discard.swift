internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetVFS
internal import Glibc

/// `datasetfs discard PATH…`.
struct Discard: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give up what was written to files and is not published.",
        discussion: """
            A file that the store does not have vanishes; of one that it has, the store's version shows again. On a terminal \
            it asks first. “datasetfs export PATH DEST” keeps a copy.

            Exit status 0 when it was given up, 1 when nothing waits there or the answer was no, 4 when nothing is mounted \
            there.
            """
    )

    @Argument(help: ArgumentHelp("Files on a mount.", valueName: "path"))
    var paths: [String]

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @Flag(help: "As JSON: an array with one object a path; what was given up stands in “changes”.")
    var json = false

    func run() throws {
        var rows: [WaitingRow] = []
        for path in paths {
            let place = try MountedPath(path)
            let all = MountQueue(mountPoint: place.mount.path, inside: place.inside).lines ?? []
            let own = all.filter { $0.path == place.inside }
            guard !own.isEmpty || all.isEmpty else { throw Self.directory(path) }
            // A directory that the store does not have takes along what is in it.
            let lines = own.contains { $0.action == .create } ? all : own
            if !lines.isEmpty {
                guard isWanted(path, lines) else { throw ExitCode(ExitStatus.failed.rawValue) }
                try giveUp(place, path, own)
            }
            rows.append(WaitingRow(path: path, changes: lines))
        }
        if json { try Console.json(rows) }
        try WaitingRow.check(rows)
    }

    private func isWanted(_ path: String, _ lines: [QueueLine]) -> Bool {
        guard !yes, isatty(STDIN_FILENO) != 0, isatty(STDERR_FILENO) != 0 else { return true }
        for line in lines.prefix(20) { Console.error("  \(QueueText.line(line))") }
        if lines.count > 20 { Console.error("  … and \(lines.count - 20) more") }
        Console.write("Give up what was written to \(path)? It cannot be had back. [y/N] ", to: STDERR_FILENO)
        let answer = readLine()?.lowercased()
        return answer == "y" || answer == "yes"
    }

    private func giveUp(_ place: MountedPath, _ typed: String, _ own: [QueueLine]) throws(Failure) {
        var status = ControlAttribute.discard.set("1", on: place)
        if ControlAttribute.hasNoPath(status) {
            status = own.lazy.map { ControlAttribute.discard.set($0, on: place.mount) }.first { $0 != 0 } ?? 0
        }
        switch status {
        case 0: return
        // Published in this moment.
        case ENODATA: return
        case EISDIR: throw Self.directory(typed)
        case EINVAL:
            throw Failure(
                .failed,
                "\(typed) has no path any more that could be told; “datasetfs retry” tries it again, “rm” takes back a link."
            )
        default: throw Failure(.failed, "\(typed) cannot be given up: \(ErrorWords.text(status)).")
        }
    }

    private static func directory(_ typed: String) -> Failure {
        Failure(.failed, "\(typed) is a directory that the store has; name the files in it to give up.")
    }
}
