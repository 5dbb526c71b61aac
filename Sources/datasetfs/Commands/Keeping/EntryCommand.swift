internal import ArgumentParser
internal import DatasetModel

/// `datasetfs entry show|delete`.
struct EntryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "entry",
        abstract: "Show and delete files, directories, links and whatever else a store holds.",
        subcommands: [Show.self, Delete.self]
    )

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show everything that the store tells of an entry.",
            discussion: """
                  datasetfs entry show edison:lab/run7/a.csv
                  datasetfs entry show edison:5f0c…            by its id

                \(PlaceHelp.exitStatus)
                """
        )

        @Argument(help: PlaceHelp.place)
        var places: [String]

        @OptionGroup var options: PlaceOptions

        func run() throws {
            var rows: [NodeRow] = []
            for (index, typed) in places.enumerated() {
                try options.with(typed) { session, place in
                    let node = try session.facts(place)
                    rows.append(NodeRow(node))
                    if options.json { return }
                    Console.output((index > 0 ? "\n" : "") + NodeText.facts(node))
                }
            }
            if options.json { try Console.json(rows) }
        }
    }

    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete entries.",
            discussion: """
                A directory that holds something is only deleted with --recursive, from its leaves upwards. Of a mounted \
                tree “rm” does the same.

                \(PlaceHelp.exitStatus)
                """
        )

        @Argument(help: PlaceHelp.place)
        var places: [String]

        @Flag(name: .shortAndLong, help: "Directories with everything in them.")
        var recursive = false

        @OptionGroup var options: PlaceOptions

        func run() throws {
            var rows: [NodeRow] = []
            for typed in places {
                try options.with(typed) { session, place in
                    let node = try session.find(place)
                    guard node.location != .root else { throw Failure(.wrongUsage, "\(typed) is a whole store.") }
                    try session.run { _ throws(StoreError) in try remove(node, session) }
                    rows.append(NodeRow(node))
                }
            }
            if options.json { try Console.json(rows) }
        }

        private func remove(_ node: Node, _ session: StoreSession) throws(StoreError) {
            // Its removal would take an entry that exists no more for removed; the person named one.
            _ = try session.store.node(at: node.location, until: session.until)
            if recursive, node.kind == .directory { try removeChildren(of: node, session) }
            try session.store.remove(node.location, version: nil, until: session.until)
        }

        private func removeChildren(of node: Node, _ session: StoreSession) throws(StoreError) {
            for child in try session.children(of: node.location) {
                if child.kind == .directory { try removeChildren(of: child, session) }
                try session.store.remove(child.location, version: nil, until: session.until)
            }
        }
    }
}
