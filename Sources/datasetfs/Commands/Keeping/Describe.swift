internal import ArgumentParser
internal import DatasetModel

/// `datasetfs describe PLACE [TEXT]`.
struct Describe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show or change the description of an entry.",
        discussion: """
              datasetfs describe edison:lab/a.csv
              datasetfs describe edison:lab/a.csv "Solubility of salts, 2026"

            The platform changes the description of a text always, of other entries where it can, of a dataset never: what \
            it does not show afterwards counts as refused. On a mount, “setfattr -n user.description -v TEXT FILE” does it.

            \(PlaceHelp.exitStatus)
            """
    )

    @Argument(help: PlaceHelp.place)
    var place: String

    @Argument(help: ArgumentHelp("The new description.", valueName: "text"))
    var text: String?

    @Flag(help: "Take the description away.")
    var clear = false

    @OptionGroup var options: PlaceOptions

    func validate() throws {
        if clear, text != nil { throw ValidationError("--clear takes no text.") }
    }

    func run() throws {
        try options.with(place) { session, place in
            var node = try session.facts(place)
            if let text = clear ? "" : text {
                let location = node.location
                node = try session.run { store throws(StoreError) in
                    try store.setAttributes(AttributeChange(description: text), of: location, until: session.until)
                }
            }
            if options.json { return try Console.json(NodeRow(node)) }
            if text == nil, !clear { Console.output(NodeText.printable(node.attributes.description ?? "")) }
        }
    }
}
