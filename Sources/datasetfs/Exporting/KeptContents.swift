internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetStores
internal import Glibc
internal import Logging

/// What earlier mounts of a store wrote down and did not publish, read while nothing is mounted.
struct KeptContents {
    struct File {
        let change: Change
        /// Below the mount point, without the slash; `…/` in front where the directory's name is not known any more.
        let path: String
    }

    /// With a content, oldest first.
    let files: [File]
    private let journal: Journal

    init(_ typed: String, _ command: Export) throws(Failure) {
        let environment = Environment.variables
        let paths = Paths(environment: environment)
        let settings = try StoreSettings(
            typed: typed,
            options: command.storeOptions,
            configuration: try Configuration.load(explicit: command.storeOptions.config, paths: paths),
            environment: environment
        )
        let logger = command.log.logger
        let wired = try Wiring.store(settings, connections: 1, logger: logger)
        let identity = wired.store.traits.identity
        wired.shutDown()
        func place(_ given: String?, _ usual: String) -> String {
            let base = given.map { Paths.absolute($0, from: Paths.workingDirectory) } ?? usual
            return base + "/" + Wiring.directoryName(of: identity)
        }
        let directory = place(command.stateDir, paths.state)
        guard unsafe access(directory + "/journal.sqlite", F_OK) == 0 else {
            throw Failure(.failed, "nothing was ever written to \(typed) from here: there is no \(directory).")
        }
        do throws(JournalError) {
            journal = try Journal(directory: directory, identity: identity) { logger.warning("\($0)") }
            let facts = Self.facts(place(command.cacheDir, paths.cache) + "/facts.sqlite", identity)
            let names = KeptNames(changes: try journal.changes(), facts: facts)
            files = names.changes.filter { $0.content != nil && !$0.isRemoval }
                .map { File(change: $0, path: names.path(of: $0)) }
        } catch {
            throw Failure(journal: error, directory: directory)
        }
    }

    /// Names are only remembered there: without them the files can be had all the same.
    private static func facts(_ path: String, _ identity: String) -> FactStore? {
        guard unsafe access(path, F_OK) == 0 else { return nil }
        return try? FactStore(path: path, identity: identity)
    }

    /// - Parameter path: Its whole path, or as much of the end of it as tells it from the others.
    func file(at path: String) throws(Failure) -> File {
        let wanted = path.split(separator: "/").filter { $0 != "." }
        let found = files.filter { file in
            let parts = file.path.split(separator: "/")
            return parts.count >= wanted.count && parts.suffix(wanted.count).elementsEqual(wanted)
        }
        let exact = found.filter { $0.path.split(separator: "/").count == wanted.count }
        let chosen = exact.isEmpty ? found : exact
        guard let file = chosen.first, !wanted.isEmpty else {
            throw Failure(.failed, "nothing is kept of \(path). Without PATH and DEST all that is kept is listed.")
        }
        guard chosen.count == 1 else {
            throw Failure(.failed, "\(path) may be \(chosen.map(\.path).joined(separator: " or ")).")
        }
        return file
    }

    func content(of file: File) throws(Failure) -> KeptSource {
        guard let id = file.change.content else { throw Failure(.failed, "\(file.path) has no content.") }
        let content: SealedContent
        do throws(JournalError) {
            content = try journal.content(id)
        } catch {
            throw Failure(.failed, "\(error.message).")
        }
        guard content.missing.isEmpty else {
            throw Failure(
                .failed,
                "only parts of \(file.path) were written; the others are at the store. Mount it, then export the file from the mount."
            )
        }
        return KeptSource(content: content)
    }

    func close() { journal.close() }
}

/// A content of the journal.
struct KeptSource: ExportSource {
    let content: SealedContent

    var size: UInt64 { content.size }

    func bytes(at offset: UInt64, atMost count: Int) throws(Failure) -> [UInt8] {
        let count = Int(min(UInt64(count), size - min(offset, size)))
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        var span = bytes.mutableSpan
        do throws(StoreError) {
            try unsafe span.withUnsafeMutableBytes { buffer throws(StoreError) in
                try unsafe content.read(at: offset, into: buffer)
            }
        } catch {
            throw Failure(error)
        }
        return bytes
    }
}

/// Paths of changes, from their own directories and from what earlier mounts knew.
struct KeptNames {
    let changes: [Change]
    let facts: FactStore?

    func path(of change: Change) -> String {
        var names = [change.name]
        var parent = change.parent
        // Directories that are not published yet stand among the changes themselves.
        while let id = parent.pendingID, let directory = changes.first(where: { $0.id == id }), names.count < 1_000 {
            names.append(directory.name)
            parent = directory.parent
        }
        if parent != .root { names.append(contentsOf: knownNames(parent) ?? ["…"]) }
        return names.reversed().joined(separator: "/")
    }

    /// The innermost first; nil when they are not known.
    private func knownNames(_ location: Location) -> [String]? {
        guard let facts, var fact = try? facts.facts(at: location).first else { return nil }
        var names: [String] = []
        // The top of the tree has number 1 and no name.
        while fact.inode != 1, names.count < 1_000 {
            names.append(fact.name)
            guard let parent = try? facts.fact(fact.parent) else { return nil }
            fact = parent
        }
        return names
    }
}
