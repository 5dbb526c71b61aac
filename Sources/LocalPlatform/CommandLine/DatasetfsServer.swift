import ArgumentParser
import Foundation
import Hummingbird
import Logging

/// The command `datasetfs-server`.
@main
struct DatasetfsServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datasetfs-server",
        abstract: "A local platform that speaks the Edison data storage API.",
        discussion: """
            Entries lie in SQLite and objects in files under --root, and both are still there after a restart. Folders \
            under ROOT/buckets play storage buckets whose objects can be registered.

            One line on standard output says when connections are accepted:
                datasetfs-server ready on http://127.0.0.1:PORT
            Logs go to standard error. SIGTERM and SIGINT end the server with status 0.

            Without any API key the server knows one: local-key, of user local-user.
            """
    )

    @Option(help: "Port to listen on; 0 picks a free one.")
    var port = 8080

    @Option(help: "Address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "Directory of all data; made if it does not exist.")
    var root: String

    @Option(help: ArgumentHelp("URL that clients reach this server by, if not where it listens.", valueName: "url"))
    var publicURL: String?

    @OptionGroup(title: "Accounts")
    var accounts: AccountOptions

    @OptionGroup(title: "Behaviour")
    var behaviour: BehaviourOptions

    @OptionGroup(title: "Testing")
    var testing: TestingOptions

    func run() async throws {
        let level = behaviour.logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let users = try accounts.users(environment: ProcessInfo.processInfo.environment)
        var settings = ServerSettings(root: root, publicURL: publicURL ?? "http://\(host):\(port)")
        if let first = users.first {
            settings.apiKeys = Dictionary(users, uniquingKeysWith: { $1 })
            settings.defaultUser = first.1
        }
        settings.tokenLifetime = accounts.tokenLifetime
        behaviour.apply(to: &settings)
        settings.admin = testing.admin
        let platform = try Platform(settings)
        platform.faults.add(try testing.rules())
        let announcement = Announcement(host: host, isPublicURLGiven: publicURL != nil)
        let application = Application(
            router: platform.router(),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                serverName: "datasetfs-server"
            ),
            onServerRunning: { channel in
                announcement.ready(on: channel.localAddress?.port ?? 0, platform.signer.address)
            },
            logger: Logger(label: "datasetfs-server")
        )
        let deadline = ShutdownDeadline()
        if testing.exitWithStdin { Self.endWithStandardInput() }
        try await application.runService()
        withExtendedLifetime(deadline) {}
    }
}

extension DatasetfsServer {
    /// Ends the server as SIGTERM does when whoever holds the other end of standard input is gone.
    static func endWithStandardInput() {
        Thread.detachNewThread {
            while !FileHandle.standardInput.availableData.isEmpty {}
            kill(getpid(), SIGTERM)
        }
    }
}

/// Says once that connections are accepted.
struct Announcement {
    let host: String
    let isPublicURLGiven: Bool

    func ready(on port: Int, _ address: PublicAddress) {
        let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        if !isPublicURLGiven { address.url = url }
        FileHandle.standardOutput.write(Data("datasetfs-server ready on \(url)\n".utf8))
    }
}

/// Ends the process a few seconds after it was told to, should a transfer hold up the graceful way.
struct ShutdownDeadline {
    private let sources: [any DispatchSourceSignal]

    init() {
        sources = [SIGTERM, SIGINT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                DispatchQueue.global().asyncAfter(deadline: .now() + 3) { exit(0) }
            }
            source.resume()
            return source
        }
    }
}
