internal import ArgumentParser
internal import Glibc

/// The command line: parse, hand over, end with a documented exit status.
@main
struct Datasetfs: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "datasetfs",
        abstract: "Mount the data of scientific platforms as a file system.",
        discussion: """
            Examples:
              datasetfs mount edison: ~/data         the Edison platform; the key comes from EDISON_PLATFORM_API_KEY
              datasetfs mount file:results ~/data    a directory in the layout of gufe's FileStorage
              datasetfs status                       what is mounted, what it transferred
              datasetfs why ~/data/run7/a.csv        why a file could not be read, and what to do
              datasetfs unmount ~/data

            Stores:
              edison:                     the platform; edison:DATASET-ID for one dataset alone
              edison+http://HOST:PORT     a server with Edison's API, such as datasetfs-server
              file:DIR                    a directory
              memory:                     an empty store that ends with the process
              NAME:                       a store of that name in config.yaml

            Exit status:
              0  done                                   4  the mount point cannot be used
              1  failed otherwise                       5  this machine cannot mount
              2  the store refused the credentials      6  the cache directory is in use
              3  the store cannot be reached           64  wrong usage
            """,
        version: version,
        subcommands: [Mount.self, Unmount.self, Status.self, Sync.self, Why.self, List.self, MountHelper.self]
    )

    static func main() {
        // A reader that goes away (a pipe, a socket) is an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
        } catch let failure as Failure {
            failure.report()
            Glibc.exit(failure.status.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}
