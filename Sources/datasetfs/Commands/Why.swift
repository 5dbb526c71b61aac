internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetVFS
internal import Glibc

/// `datasetfs why PATH`.
struct Why: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why a path of a mount failed, and what to do.",
        discussion: """
            Every error that came from a store leaves a record while the mount runs. Of a file its own last error is shown, \
            of a directory the last errors below it.

            Exit status 0 when there was one, 1 when there was none.
            """
    )

    @Argument(help: ArgumentHelp("A path on a mount; it need not exist.", valueName: "path"))
    var path: String

    @Flag(help: "As JSON: an array of records, newest first.")
    var json = false

    func run() throws {
        guard let mount = Mounts.find(path) else {
            throw Failure(.mountPointUnusable, MountError.notMounted(path).description)
        }
        guard let lines = ControlFiles.errors(of: mount.path) else {
            throw Failure(
                .failed,
                "the mount on \(mount.path) does not answer. Clear it with “datasetfs unmount \(mount.path)”."
            )
        }
        let inside = Self.inside(path, mount.path)
        let below = inside == "/" ? "/" : inside + "/"
        let own = lines.filter { $0.path == inside }
        let found = Array((own.isEmpty ? lines.filter { $0.path.hasPrefix(below) } : [own[own.count - 1]]).reversed())
        if json {
            try Console.json(found)
        } else {
            for line in found.prefix(20) { Console.output(Self.text(line)) }
            if found.isEmpty { Console.output("No error is on record for \(path).") }
        }
        if found.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    /// The path below the mount point, beginning with `/`.
    static func inside(_ path: String, _ mountPoint: String) -> String {
        let absolute = Paths.absolute(path, from: Paths.workingDirectory)
        let resolved = absolute.hasPrefix(mountPoint) ? absolute : Paths.resolved(absolute) ?? absolute
        guard resolved.hasPrefix(mountPoint) else { return "/" }
        let rest = String(resolved.dropFirst(mountPoint.count))
        return rest.isEmpty ? "/" : rest
    }

    static func text(_ line: ErrorLine) -> String {
        let reason = unsafe String(cString: strerror(line.errno))
        var details = [line.code]
        if let status = line.httpStatus { details.append("HTTP \(status)") }
        if let request = line.requestID { details.append("request \(request)") }
        var text =
            "\(line.path): \(line.operation) failed at \(line.time): \(reason) (\(details.joined(separator: ", ")))"
        text += "\n  \(line.message)"
        if let remedy = line.remedy { text += "\n  \(remedy)" }
        return text
    }
}
