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
              datasetfs status --watch               what is mounted, what is on its way to the store
              datasetfs sync ~/data                  wait until the store has what was written
              datasetfs why ~/data/run7/a.csv        why a file could not be read or published, and what to do
              datasetfs unmount ~/data               publish what was written, then unmount

            Stores:
              edison:                     the platform; edison:DATASET-ID for one dataset alone
              edison+http://HOST:PORT     a server with Edison's API, such as datasetfs-server
              file:DIR                    a directory
              memory:                     an empty store that ends with the process
              NAME:                       a store of that name in config.yaml

            Exit status:
              0  done                                   5  this machine cannot mount
              1  failed otherwise                       6  the cache or state directory is in use
              2  the store refused the credentials      7  unmounted, and not everything is published:
              3  the store cannot be reached               it is kept for the next mount
              4  the mount point cannot be used        64  wrong usage
            """,
        version: version,
        subcommands: [
            Mount.self, Unmount.self, Status.self, Sync.self, Retry.self, Discard.self, Export.self, Why.self,
            List.self,
            MountHelper.self,
        ]
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
