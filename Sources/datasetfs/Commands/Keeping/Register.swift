internal import ArgumentParser
internal import DatasetModel

/// `datasetfs register gcs|pg|bigquery|link`.
struct Register: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Refer to data that lies elsewhere, without a copy of it.",
        discussion: """
              datasetfs register gcs gs://my-bucket/data/raw/ edison:lab/raw
              datasetfs register pg trajectories 66cee0ed-… edison:lab/trajectory
              datasetfs register bigquery bigquery-public-data.samples.shakespeare edison:lab/plays
              datasetfs register link https://example.org/data edison:lab/homepage

            The platform checks that the source is there and may refuse kinds of sources altogether.

            \(PlaceHelp.exitStatus)
            """,
        subcommands: [Bucket.self, TableRow.self, BigQuery.self, Link.self]
    )

    struct Bucket: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gcs",
            abstract: "Objects in a Google Cloud Storage bucket: one, or all below a prefix."
        )

        @Argument(help: ArgumentHelp("gs://BUCKET or gs://BUCKET/PREFIX.", valueName: "source"))
        var source: String

        @OptionGroup var registration: Registration

        func run() throws {
            guard source.hasPrefix("gs://") else {
                throw Failure(.wrongUsage, "“\(source)” is no bucket: write gs://BUCKET/PREFIX.")
            }
            let parts = source.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let prefix = parts.count > 1 && !parts[1].isEmpty ? String(parts[1]) : nil
            try registration.run(.bucket(name: String(parts[0]), prefix: prefix))
        }
    }

    struct TableRow: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "pg", abstract: "One row of a Postgres table.")

        @Argument(help: ArgumentHelp("Its table.", valueName: "table"))
        var table: String

        @Argument(help: ArgumentHelp("Its id.", valueName: "row"))
        var row: String

        @OptionGroup var registration: Registration

        func run() throws { try registration.run(.tableRow(table: table, row: row)) }
    }

    struct BigQuery: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "bigquery", abstract: "A BigQuery table.")

        @Argument(help: ArgumentHelp("PROJECT.DATASET.TABLE", valueName: "table"))
        var table: String

        @OptionGroup var registration: Registration

        func run() throws {
            let parts = table.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
                throw Failure(.wrongUsage, "“\(table)” is no table: write PROJECT.DATASET.TABLE.")
            }
            try registration.run(.bigQuery(project: parts[0], dataset: parts[1], table: parts[2]))
        }
    }

    struct Link: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A URL.",
            discussion: "“ln -s URL NAME” on a mount makes one as well, without instructions."
        )

        @Argument(help: ArgumentHelp("Absolute, with its scheme.", valueName: "url"))
        var url: String

        @Option(help: "What a person or program is to do with it.")
        var instructions: String?

        @Option(help: ArgumentHelp("Something else to know about it. May be repeated.", valueName: "key=value"))
        var metadata: [String] = []

        @OptionGroup var registration: Registration

        func run() throws {
            var facts: [String: String] = [:]
            for text in metadata {
                guard let mark = text.firstIndex(of: "="), mark != text.startIndex else {
                    throw Failure(.wrongUsage, "--metadata takes KEY=VALUE.")
                }
                facts[String(text[..<mark])] = String(text[text.index(after: mark)...])
            }
            try registration.run(.link(url: url, instructions: instructions, metadata: facts))
        }
    }
}

/// What every registration takes.
struct Registration: ParsableArguments {
    @Argument(help: ArgumentHelp("Where it is to stand, with its new name: edison:DATASET/NAME.", valueName: "place"))
    var place: String

    @Option(help: "What it is.")
    var description: String?

    @Option(name: .customLong("tag"), help: ArgumentHelp("May be repeated.", valueName: "tag"))
    var tags: [String] = []

    @Option(help: ArgumentHelp("The project it belongs to.", valueName: "id"))
    var project: String?

    @Flag(name: .shortAndLong, help: "Make the dataset and directories that are missing.")
    var parents = false

    @OptionGroup var options: PlaceOptions

    func run(_ source: ExistingSource) throws {
        try options.with(place) { session, place in
            let registrar = try session.power(\.registration, "refer to what lies elsewhere")
            let target = try session.newPlace(place, name: nil, makesParents: parents)
            if let known = try session.child(target.name, of: target.parent) {
                throw Failure(.failed, "\(place.typed) exists (\(known.attributes.id ?? "-")); choose another name.")
            }
            var creation = Creation(.file, named: target.name, in: target.parent.location)
            creation.description = description
            creation.tags = tags
            creation.project = project
            let wanted = creation
            let node = try session.run { _ throws(StoreError) in
                try registrar.register(source, as: wanted, ledger: PassingLedger(), until: session.until)
            }
            if options.json { return try Console.json(NodeRow(node)) }
            Console.output(node.attributes.id ?? node.location.rawValue)
        }
    }
}
