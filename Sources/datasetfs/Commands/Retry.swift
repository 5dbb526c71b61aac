internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetVFS
internal import Glibc

/// `datasetfs retry PATH…`.
struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try again now what could not be published.",
        discussion: """
            Of a directory, all that waits in it. What the store refused is tried no more by itself; what failed otherwise \
            is, and goes at once. “datasetfs sync PATH” waits for the outcome.

            Exit status 0 when it was asked for, 1 when nothing waits there, 4 when nothing is mounted there.
            """
    )

    @Argument(help: ArgumentHelp("Files or directories on a mount.", valueName: "path"))
    var paths: [String]

    @Flag(help: "As JSON: an array with one object a path; what is tried again stands in “changes”.")
    var json = false

    func run() throws {
        var rows: [WaitingRow] = []
        for path in paths {
            let place = try MountedPath(path)
            let lines = MountQueue(mountPoint: place.mount.path, inside: place.inside).lines ?? []
            if !lines.isEmpty { try ask(place, path, lines) }
            rows.append(WaitingRow(path: path, changes: lines))
        }
        if json {
            try Console.json(rows)
        } else {
            for row in rows where !row.changes.isEmpty {
                Console.output("\(row.path): \(QueueText.things(row.changes.count)) tried again")
            }
        }
        try WaitingRow.check(rows)
    }

    private func ask(_ place: MountedPath, _ typed: String, _ lines: [QueueLine]) throws(Failure) {
        var status = ControlAttribute.retry.set("1", on: place)
        if ControlAttribute.hasNoPath(status) {
            status = lines.lazy.map { ControlAttribute.retry.set($0, on: place.mount) }.first { $0 != 0 } ?? 0
        }
        // The directory is asked where a single change cannot be: what waits in it is tried again as well.
        if status == EINVAL, place.inside != "/" {
            status = ControlAttribute.retry.set("1", on: Paths.absolute("..", from: place.path))
        }
        if status == 0, lines.contains(where: { $0.path.hasPrefix(QueueLine.somewhere) }) {
            status = ControlAttribute.retry.set("1", on: place.mount.path)
        }
        guard status == 0 else {
            throw Failure(.failed, "\(typed) cannot be tried again: \(ErrorWords.text(status)).")
        }
    }
}

/// A path that somebody named, and what waits there.
struct WaitingRow: Encodable {
    var path: String
    var changes: [QueueLine]

    /// - Throws: When nothing waits at one of them.
    static func check(_ rows: [WaitingRow]) throws {
        let idle = rows.filter(\.changes.isEmpty)
        for row in idle { Console.error("datasetfs: nothing waits at \(row.path).") }
        if !idle.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
