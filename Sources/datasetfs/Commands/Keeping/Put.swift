internal import ArgumentParser
internal import DatasetModel
internal import Glibc

/// `datasetfs put SRC DST`.
struct Put: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a file or a directory to a store, without a mount.",
        discussion: """
            Everything becomes what cp(1) into a mount would make of it: short texts are kept as texts, other files as \
            files, directories as directories with everything in them; with --as-collection a directory becomes one zip \
            that opens as a directory. As with cp, a DST that is a directory, or ends in a slash, takes SRC under its own \
            name; at the top of the platform a directory becomes a dataset.

              datasetfs put results edison:                        a new dataset “results”
              datasetfs put results edison:lab/run7 --as-collection --tag raw
              datasetfs put --parents a.csv edison:lab/tables/     with the dataset and directory it goes into
              datasetfs put results edison:lab/ --dry-run          what would be sent, and as what

            The same command goes on where it was ended, by whatever, and sends nothing twice: what it did is kept in the \
            state directory. A file that changed since, or stands there under the same name, gets a new version.

            Left out are .git, __pycache__, *.pyc, .DS_Store, node_modules, editors' scratch files, and what .gitignore \
            files say, as git reads them (see --ignore-file). --ignore goes before all of them; “!” takes back.

            A manifest (JSON or YAML) maps names to descriptions: {"a.csv": "Raw data", "plots/": {"description": "…", \
            "entries": {…}}}.

            Exit status 0 when everything is there, 1 when something is not (standard error says what), 2 when the store \
            refuses the credentials, 3 when it cannot be reached: say it again later, 6 when the same command \
            runs already, 64 for wrong usage.
            """
    )

    @Argument(help: ArgumentHelp("A file or directory of this machine.", valueName: "src"))
    var source: String

    @Argument(help: PlaceHelp.place)
    var destination: String

    @Flag(help: "Send a directory as one zip.")
    var asCollection = false

    @Option(help: ArgumentHelp("Its name in the directory DST (default: its own).", valueName: "name"))
    var name: String?

    @Option(help: "What it is.")
    var description: String?

    @Option(name: .customLong("tag"), help: ArgumentHelp("Of everything sent. May be repeated.", valueName: "tag"))
    var tags: [String] = []

    @Option(help: ArgumentHelp("The project that everything sent belongs to.", valueName: "id"))
    var project: String?

    @Option(help: ArgumentHelp("Descriptions of what is sent: a .json or .yaml file.", valueName: "file"))
    var manifest: String?

    @Option(name: .customLong("ignore"), help: ArgumentHelp("Leave this out. May be repeated.", valueName: "pattern"))
    var ignored: [String] = []

    @Option(help: ArgumentHelp("The name of the files with patterns, in any directory.", valueName: "name"))
    var ignoreFile = ".gitignore"

    @Flag(name: .shortAndLong, help: "Make the dataset and directories of DST that are missing.")
    var parents = false

    @Flag(name: [.long, .customShort("n")], help: "Send nothing; list what would be sent, and as what.")
    var dryRun = false

    @Option(
        help: ArgumentHelp("Where is kept what was done (default: $XDG_STATE_HOME/datasetfs).", valueName: "dir")
    )
    var stateDir: String?

    @OptionGroup var options: PlaceOptions

    func validate() throws {
        if name == "" { throw ValidationError("--name is empty.") }
        if ignoreFile.isEmpty || ignoreFile.contains("/") { throw ValidationError("--ignore-file takes a name.") }
    }

    func run() throws {
        let absolute = Paths.absolute(source, from: Paths.workingDirectory)
        let ownName = absolute.split(separator: "/").last.map(String.init) ?? "root"
        let tree = try LocalTree(absolute, patterns: ignored, ignoreFile: ignoreFile)
        var wishes = PutWishes(description: description, tags: tags, project: project)
        if let manifest { wishes.manifest = try PutWishes.manifest(manifest, for: ownName) }
        let isDirectory = tree.items[0].kind == .directory
        if asCollection, !isDirectory {
            throw Failure(.wrongUsage, "\(source) is no directory: --as-collection packs directories.")
        }

        try options.with(destination) { session, place in
            let state = stateDir ?? Paths(environment: Environment.variables).state
            let key = [session.store.traits.identity, place.store, place.path.joined(separator: "/"), absolute]
            let ledger = try PutLedger(
                in: state,
                key: key + [name ?? "", asCollection ? "collection" : "", dryRun ? "dry" : ""]
            )
            let progress = PutProgress(isShown: !dryRun)
            let run = PutRun(session, wishes, ledger, progress, isDry: dryRun)
            let target = try target(place, ownName, session, ledger)
            try progress.during { () throws(Failure) in
                do throws(StoreError) {
                    if asCollection {
                        try run.sendCollection(tree.items, to: target)
                    } else {
                        try run.send(tree.items, to: target)
                    }
                } catch {
                    throw Failure(error)
                }
            }
            try report(run, tree.items)
        }
    }

    /// Where it goes; that of an earlier try, since what that made would be taken for a directory to put it into.
    private func target(_ place: TypedPlace, _ ownName: String, _ session: StoreSession, _ ledger: PutLedger) throws
        -> NewPlace
    {
        if let known = ledger.target, let parent = try parent(known.parent, session) {
            return NewPlace(parent: parent, name: known.name)
        }
        let isMarked = name != nil
        do throws(Failure) {
            let target = try session.newPlace(
                place,
                name: name ?? ownName,
                isDirectory: isMarked,
                makesParents: parents && !dryRun
            )
            guard !dryRun else { return target }
            try session.run { _ throws(StoreError) in
                try ledger.set(PutLedger.Target(parent: target.parent.location.rawValue, name: target.name))
            }
            return target
        } catch {
            guard dryRun, parents else { throw error }
            let isInto = place.isMarkedDirectory || isMarked
            return NewPlace(parent: .imagined(""), name: isInto ? name ?? ownName : place.path.last ?? ownName)
        }
    }

    private func parent(_ location: String, _ session: StoreSession) throws -> Node? {
        if location.isEmpty { return .root }
        do throws(StoreError) {
            return try session.store.node(at: Location(location), until: session.until)
        } catch {
            guard error.code == .notFound else { throw Failure(error) }
            return nil
        }
    }

    private func report(_ run: PutRun, _ items: [LocalItem]) throws {
        let rows = items.compactMap { run.row($0.relativePath) }
        let report = PutReport(
            source: source,
            destination: destination,
            isDryRun: dryRun,
            id: rows.first?.id,
            items: rows
        )
        let failed = rows.filter { $0.action == .failed }
        if failed.isEmpty, run.fatal == nil, !dryRun { run.ledger.settle() }
        if options.json {
            try Console.json(report)
        } else if dryRun {
            for row in rows { Console.output(PutText.line(row, under: source)) }
        } else {
            Console.output(PutText.summary(report) + (report.id.map { "\t\($0)" } ?? ""))
        }
        for row in failed.prefix(20) {
            Console.error("datasetfs: \(row.path.isEmpty ? source : "\(source)/\(row.path)"): \(row.reason ?? "")")
        }
        if failed.count > 20 { Console.error("datasetfs: … and \(failed.count - 20) more.") }
        if let fatal = run.fatal {
            var failure = Failure(fatal)
            failure.message += " The same command goes on where this one ended."
            throw failure
        }
        if !failed.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}
