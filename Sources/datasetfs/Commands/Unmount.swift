internal import ArgumentParser
internal import DatasetFUSE

/// `datasetfs unmount DIR`.
struct Unmount: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Unmount a directory.",
        discussion: """
            Exit status 0 when it is unmounted and the process behind it has ended, 4 when nothing is mounted there or
            it is in use.
            """
    )

    @Argument(help: ArgumentHelp("The mount point, or any path below it.", valueName: "dir"))
    var directory: String

    @Flag(help: "Let it vanish at once and end with its last open file.")
    var lazy = false

    func run() throws {
        do throws(MountError) {
            try Unmounter.unmount(directory, lazy: lazy)
        } catch {
            throw Failure(.mountPointUnusable, error.description)
        }
    }
}
