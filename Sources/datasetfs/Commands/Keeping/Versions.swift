internal import ArgumentParser
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// `datasetfs versions PLACE`.
struct Versions: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the versions of a file, or print one of them.",
        discussion: """
              datasetfs versions edison:lab/a.csv
              datasetfs versions edison:lab/a.csv --read 2 > a-2.csv

            The first has the number 0. On a mount, “.datasetfs/versions/NAME/NUMBER” is the same.

            \(PlaceHelp.exitStatus)
            """
    )

    @Argument(help: PlaceHelp.place)
    var place: String

    @Option(help: ArgumentHelp("Write this version's content to standard output.", valueName: "version"))
    var read: VersionText?

    @OptionGroup var options: PlaceOptions

    private struct Row: Encodable {
        var version: Int
        var id: String
        var isCurrent: Bool
        var name: String?
        var size: UInt64?
        var createdAt: String?
        var author: String?

        enum CodingKeys: String, CodingKey {
            case version, id, name, size, author
            case isCurrent = "is_current"
            case createdAt = "created_at"
        }
    }

    func run() throws {
        try options.with(place) { session, place in
            let keeper = try session.power(\.versions, "tell earlier versions")
            let location = try session.find(place).location
            if let read { return try print(read.name, of: location, keeper, session) }
            let revisions = try session.run { _ throws(StoreError) in
                try keeper.revisions(of: location, until: session.until)
            }
            let rows = revisions.map { revision in
                Row(
                    version: revision.number,
                    id: revision.id,
                    isCurrent: revision.isCurrent,
                    name: revision.name,
                    size: revision.size,
                    createdAt: revision.created?.rfc3339,
                    author: revision.author
                )
            }
            if options.json { return try Console.json(rows) }
            for row in rows {
                let mark = row.isCurrent ? "*" : ""
                Console.output(
                    "\(row.version)\(mark)\t\(row.createdAt ?? "-")\t\(row.size.map { "\($0)" } ?? "-")\t\(row.id)"
                )
            }
        }
    }

    private func print(
        _ name: RevisionName,
        of location: Location,
        _ keeper: any VersionedStore,
        _ session: StoreSession
    ) throws(Failure) {
        try session.run { store throws(StoreError) in
            let node = try keeper.node(at: location, revision: name, until: session.until)
            let size = node.size ?? 0
            // By pieces, so that a reader that is slow is no broken transfer.
            var offset: UInt64 = 0
            while offset < size {
                let piece = ByteRange(offset: offset, count: min(8 << 20, size - offset))
                let sink = PieceSink()
                try store.read(piece, of: node, into: sink, until: session.until)
                guard Output.write(sink.bytes) else {
                    throw StoreError(.localFailure, "standard output takes no more: \(ErrorWords.text(errno))")
                }
                offset = piece.end
            }
        }
    }
}

/// A version as people type it: a number, or an id.
struct VersionText: ExpressibleByArgument {
    let name: RevisionName

    init?(argument: String) {
        guard !argument.isEmpty else { return nil }
        name = Int(argument).map { .number($0) } ?? .id(argument)
    }
}
