internal import ArgumentParser
internal import DatasetModel

/// `datasetfs share PLACE`.
struct Share: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say who may read an entry.",
        discussion: """
              datasetfs share edison:lab/a.csv --with ada@example.org --with max@example.org
              datasetfs share edison:lab/a.csv --private

            Who could read it before and is not named any more no longer may. Of a directory, this says nothing of what is \
            in it.

            \(PlaceHelp.exitStatus)
            """
    )

    @Argument(help: PlaceHelp.place)
    var place: String

    @Option(name: .customLong("with"), help: ArgumentHelp("An e-mail address. May be repeated.", valueName: "email"))
    var users: [String] = []

    @Option(
        name: .customLong("organization"),
        help: ArgumentHelp("An organization's id. May be repeated.", valueName: "id")
    )
    var organizations: [String] = []

    @Flag(name: .customLong("private"), help: "Its owner alone.")
    var isPrivate = false

    @Flag(name: .customLong("public"), help: "Everybody.")
    var isPublic = false

    @OptionGroup var options: PlaceOptions

    func validate() throws {
        let choices = [isPrivate, isPublic, !users.isEmpty || !organizations.isEmpty].count { $0 }
        guard choices == 1 else {
            throw ValidationError("Give one of --private, --public, or --with and --organization.")
        }
    }

    func run() throws {
        let audience: Audience =
            if isPrivate { .nobody } else if isPublic { .everybody } else {
                .some(users: users, organizations: organizations)
            }
        try options.with(place) { session, place in
            let sharer = try session.power(\.sharing, "share anything")
            let location = try session.find(place).location
            let node = try session.run { _ throws(StoreError) in
                try sharer.share(location, with: audience, until: session.until)
            }
            if options.json { return try Console.json(NodeRow(node)) }
            Console.output(node.attributes.share ?? "")
        }
    }
}
