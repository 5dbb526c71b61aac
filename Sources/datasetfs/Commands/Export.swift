internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetJournal
internal import DatasetModel
internal import DatasetVFS
internal import Glibc

/// `datasetfs export PATH DEST`.
struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copy what was written to a file out of a mount, published or not.",
        discussion: """
            The copy is on the disk when this is back. An existing file is not overwritten without --force.

            Without a mount, --store reads what earlier mounts kept:
              datasetfs export --store lab:                       what is kept
              datasetfs export --store lab: run7/a.csv ~/saved/   a copy of it

            Exit status 0 when it is copied, 1 when it cannot be, 4 when nothing is mounted there, 6 with --store when a mount \
            has the store: name the file on the mount then.
            """
    )

    @Argument(help: ArgumentHelp("A file on a mount; with --store, its path below the mount point.", valueName: "path"))
    var path: String?

    @Argument(help: ArgumentHelp("A new file, or a directory to put it in.", valueName: "dest"))
    var destination: String?

    @Flag(name: .shortAndLong, help: "Overwrite a file.")
    var force = false

    @Option(help: ArgumentHelp("Read what is kept for this store while it is not mounted.", valueName: "store"))
    var store: String?

    @Option(
        help: ArgumentHelp("With --store: where it is kept (default: $XDG_STATE_HOME/datasetfs).", valueName: "dir")
    )
    var stateDir: String?

    @Option(
        help: ArgumentHelp(
            "With --store: where names were kept (default: $XDG_CACHE_HOME/datasetfs).",
            valueName: "dir"
        )
    )
    var cacheDir: String?

    @Flag(help: "As JSON: an array with one object a file.")
    var json = false

    @OptionGroup(title: "Store options") var storeOptions: StoreOptions
    @OptionGroup(title: "Logging") var log: LogOptions

    func validate() throws {
        if store == nil, path == nil || destination == nil { throw ValidationError("PATH and DEST are missing.") }
        if path != nil, destination == nil { throw ValidationError("DEST is missing.") }
    }

    func run() throws {
        guard let store else {
            guard let path, let destination else { return }
            let place = try MountedPath(path)
            let source = try MountedSource(place.path)
            try finish([copy(source, named: source.name, to: destination)])
            return
        }
        let kept = try KeptContents(store, self)
        defer { kept.close() }
        guard let path, let destination else { return try list(kept.files) }
        let file = try kept.file(at: path)
        try finish([copy(try kept.content(of: file), named: file.change.name, to: destination)])
    }

    private struct Row: Encodable {
        var path: String
        var bytes: UInt64
        var since: String?
        var error: String?
    }

    private func copy(_ source: some ExportSource, named name: String, to destination: String) throws(Failure) -> Row {
        let target = try ExportTarget(
            Paths.absolute(destination, from: Paths.workingDirectory),
            name: name,
            overwrites: force
        )
        try target.fill(from: source)
        return Row(path: target.path, bytes: source.size)
    }

    private func finish(_ rows: [Row]) throws {
        if json { try Console.json(rows) }
    }

    private func list(_ files: [KeptContents.File]) throws {
        if json {
            return try Console.json(
                files.map {
                    Row(
                        path: $0.path,
                        bytes: $0.change.size,
                        since: $0.change.modified.rfc3339,
                        error: $0.change.failure?.message
                    )
                }
            )
        }
        if files.isEmpty { Console.output("Nothing is kept: the store has everything.") }
        for file in files {
            let isLocal = file.change.scope == .local
            let error = file.change.failure.map { "\t\($0.message)" } ?? (isLocal ? "\tstays here by its name" : "")
            Console.output("\(file.path)\t\(Size.text(file.change.size))\t\(file.change.modified.rfc3339)\(error)")
        }
    }
}
