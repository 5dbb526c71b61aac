internal import ArgumentParser
internal import DatasetModel
internal import DatasetSync

/// `datasetfs restore PLACE VERSION`.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make an earlier version of a file the current one.",
        discussion: """
            It becomes a new version on top: nothing is lost, and the present one can be restored as well.

              datasetfs restore edison:lab/a.csv 2

            \(PlaceHelp.exitStatus)
            """
    )

    @Argument(help: PlaceHelp.place)
    var place: String

    @Argument(help: ArgumentHelp("Its number or id, as “datasetfs versions” lists them.", valueName: "version"))
    var version: VersionText

    @OptionGroup var options: PlaceOptions

    func run() throws {
        try options.with(place) { session, place in
            let keeper = try session.power(\.versions, "restore earlier versions")
            let location = try session.find(place).location
            let node = try session.run { _ throws(StoreError) in
                // The content goes through this machine, however long that takes.
                try keeper.restore(version.name, of: location, until: Cancellation())
            }
            if options.json { return try Console.json(NodeRow(node)) }
            Console.output(node.version?.rawValue ?? "")
        }
    }
}
