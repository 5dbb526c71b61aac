internal import ArgumentParser
internal import DatasetModel

/// `datasetfs dataset create|show|delete`.
struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset",
        abstract: "Create, show and delete datasets.",
        subcommands: [Create.self, Show.self, Delete.self]
    )

    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an empty dataset and print its id.",
            discussion: """
                No search finds a dataset without entries: keep the id. “mkdir” at the top of a mount makes one as well, \
                but without a description.

                  datasetfs dataset create edison: ml_experiments --description "Results and models"

                \(PlaceHelp.exitStatus)
                """
        )

        @Argument(help: ArgumentHelp("The store: edison:, edison+http://HOST:PORT or NAME:.", valueName: "store"))
        var store: String

        @Argument(help: ArgumentHelp("What it is called.", valueName: "name"))
        var name: String

        @Option(help: "What it holds; it cannot be changed later.")
        var description: String?

        @Option(help: ArgumentHelp("Its id, a UUID (default: the platform chooses).", valueName: "uuid"))
        var id: String?

        @OptionGroup var options: PlaceOptions

        func run() throws {
            try options.with(store) { session, _ in
                let keeper = try session.power(\.datasets, "keep datasets")
                let node = try session.run { _ throws(StoreError) in
                    try keeper.createDataset(named: name, description: description, id: id, until: session.until)
                }
                if options.json { return try Console.json(NodeRow(node)) }
                Console.output(node.attributes.id ?? node.location.rawValue)
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a dataset and everything in it.",
            discussion: PlaceHelp.exitStatus
        )

        @Argument(help: ArgumentHelp("edison:DATASET, by name or id, or its path on a mount.", valueName: "place"))
        var place: String

        @OptionGroup var options: PlaceOptions

        private struct Row: Encodable {
            var dataset: NodeRow
            var entries: [NodeRow]
        }

        func run() throws {
            try options.with(place) { session, place in
                let keeper = try session.power(\.datasets, "keep datasets")
                let node = try session.find(place)
                let contents = try session.run { _ throws(StoreError) in
                    try keeper.dataset(node.location, until: session.until)
                }
                if options.json {
                    let row = Row(dataset: NodeRow(contents.dataset), entries: contents.entries.map { NodeRow($0) })
                    return try Console.json(row)
                }
                Console.output(NodeText.facts(contents.dataset))
                Console.output("entries:".padded(to: 14) + "\(contents.entries.count)")
                for entry in contents.entries { Console.output("  " + NodeText.line(entry)) }
            }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a dataset.",
            discussion: """
                One that holds something is only deleted with --recursive, with everything in it and for good.

                \(PlaceHelp.exitStatus)
                """
        )

        @Argument(help: ArgumentHelp("edison:DATASET, by name or id, or its path on a mount.", valueName: "place"))
        var place: String

        @Flag(name: .shortAndLong, help: "With everything in it.")
        var recursive = false

        @OptionGroup var options: PlaceOptions

        func run() throws {
            try options.with(place) { session, place in
                let keeper = try session.power(\.datasets, "keep datasets")
                let node = try session.find(place)
                try session.run { store throws(StoreError) in
                    guard recursive else {
                        _ = try keeper.dataset(node.location, until: session.until)
                        return try store.remove(node.location, version: nil, until: session.until)
                    }
                    try keeper.deleteDataset(node.location, until: session.until)
                }
                if options.json { try Console.json(NodeRow(node)) }
            }
        }
    }
}
