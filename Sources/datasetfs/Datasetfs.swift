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
              datasetfs mount edison: ~/data         the Edison platform
              datasetfs mount file:results ~/data    a directory, as gufe keeps it
              datasetfs status --watch               what is mounted and on its way
              datasetfs sync ~/data                  wait until all is at the store
              datasetfs why ~/data/run7/a.csv        why it failed, what to do
              datasetfs unmount ~/data               publish all, then unmount
              datasetfs search edison: solubility    at the store itself, mounted or not
              datasetfs versions edison:lab/a.csv

            The platform's key comes from EDISON_PLATFORM_API_KEY or --api-key-file.

            Stores:
              edison:                     the platform; edison:DATASET-ID: one dataset
              edison+http://HOST:PORT     a server with its API, as datasetfs-server
              file:DIR                    a directory
              memory:                     an empty store that ends with the process
              NAME:                       a store of that name in config.yaml

            Exit status:
               0  done
               1  failed otherwise
               2  the store refused the credentials
               3  the store cannot be reached
               4  the mount point cannot be used, or nothing is mounted there
               5  this machine cannot mount
               6  the cache or state directory is in use
               7  unmounted with something left to publish: it is kept
              64  wrong usage
            """,
        version: version,
        subcommands: [
            Mount.self, Unmount.self, Status.self, Sync.self, Retry.self, Discard.self, Export.self, Why.self,
            List.self,
            MountHelper.self,
        ] + keeping
    )

    /// What is done at the store itself, mounted or not.
    private static let keeping: [any ParsableCommand.Type] = [
        Put.self, DatasetCommand.self, EntryCommand.self, Register.self, Search.self, Tag.self, Describe.self,
        Share.self,
        Versions.self, Restore.self,
    ]

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
