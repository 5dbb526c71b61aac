internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetModel
internal import DatasetSync

/// `datasetfs ls [STORE]`.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the configured stores, or what is at the top of one.",
        usage: "datasetfs ls [<options>] [<store>]",
        discussion: """
            Without STORE: the stores of config.yaml, each with its address and where it is mounted.
            With STORE: the names at its top, without mounting it.
            """
    )

    @Argument(help: ArgumentHelp("The store: edison:, edison+http://HOST:PORT, file:DIR or NAME:.", valueName: "store"))
    var store: String?

    @OptionGroup(title: "Store options") var storeOptions: StoreOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func run() throws {
        let environment = Environment.variables
        let configuration = try Configuration.load(
            explicit: storeOptions.config,
            paths: Paths(environment: environment)
        )
        guard let store else { return listStores(configuration) }
        let settings = try StoreSettings(
            typed: store,
            options: storeOptions,
            configuration: configuration,
            environment: environment
        )
        let wired = try Wiring.store(
            settings,
            connections: storeOptions.connections,
            logger: log.logger
        )
        defer { wired.shutDown() }
        do throws(StoreError) {
            try list(wired.store)
        } catch {
            throw Failure(error)
        }
    }

    private func listStores(_ configuration: Configuration) {
        if configuration.stores.isEmpty {
            Console.output(
                "No stores are configured. edison:, edison+http://HOST:PORT, file:DIR and memory: need no configuration."
            )
        }
        let mounts = Mounts.datasets()
        for (name, store) in configuration.stores.sorted(by: { $0.key < $1.key }) {
            let places = mounts.filter { $0.source == "\(name):" }.map(\.path).joined(separator: " ")
            Console.output("\(name):\t\(store.address)\t\(places.isEmpty ? "-" : places)")
        }
    }

    private func list(_ store: any Store) throws(StoreError) {
        var cursor: Cursor?
        repeat {
            let page = try store.children(
                of: .root,
                after: cursor,
                until: Cancellation(deadline: .after(.seconds(storeOptions.deadline)))
            )
            for node in page.nodes {
                let mark = node.kind == .directory ? "/" : ""
                Console.output("\(node.name)\(mark)\t\(node.attributes.id ?? "-")")
            }
            cursor = page.next
        } while cursor != nil
    }
}
