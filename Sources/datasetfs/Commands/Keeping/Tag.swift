internal import ArgumentParser
internal import DatasetModel

/// `datasetfs tag PLACE`.
struct Tag: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show or change the tags of an entry.",
        discussion: """
              datasetfs tag edison:lab/a.csv                         what they are
              datasetfs tag edison:lab/a.csv --add raw --remove old
              datasetfs tag edison:lab/a.csv --set raw --set 2026    these and no others

            On a mount, “setfattr -n user.tags -v raw,2026 FILE” sets them.

            \(PlaceHelp.exitStatus)
            """
    )

    @Argument(help: PlaceHelp.place)
    var place: String

    @Option(help: ArgumentHelp("A tag to give it. May be repeated.", valueName: "tag"))
    var add: [String] = []

    @Option(help: ArgumentHelp("A tag to take away. May be repeated.", valueName: "tag"))
    var remove: [String] = []

    @Option(help: ArgumentHelp("The tags it is to have. May be repeated.", valueName: "tag"))
    var set: [String] = []

    @Flag(help: "Take all tags away.")
    var clear = false

    @OptionGroup var options: PlaceOptions

    func validate() throws {
        if clear || !set.isEmpty, !add.isEmpty || !remove.isEmpty || clear && !set.isEmpty {
            throw ValidationError("--set and --clear stand alone.")
        }
    }

    func run() throws {
        try options.with(place) { session, place in
            var node = try session.facts(place)
            let wanted = wanted(node.attributes.tags)
            if wanted != node.attributes.tags {
                let location = node.location
                node = try session.run { store throws(StoreError) in
                    try store.setAttributes(AttributeChange(tags: wanted), of: location, until: session.until)
                }
            }
            if options.json { return try Console.json(NodeRow(node)) }
            for tag in node.attributes.tags { Console.output(NodeText.printable(tag)) }
        }
    }

    private func wanted(_ tags: [String]) -> [String] {
        if clear { return [] }
        var result: [String] = []
        for tag in set.isEmpty ? tags + add : set where !result.contains(tag) && !remove.contains(tag) {
            result.append(tag)
        }
        return result
    }
}
