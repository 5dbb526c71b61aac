package import DatasetModel
internal import DatasetSync
internal import GRDB

extension Journal {
    /// All changes, in ascending order of their numbers; called once at the start.
    ///
    /// One whose content is no longer there whole has a final failure that says so.
    package func changes() throws(JournalError) -> [Change] {
        let wall = SystemTime().wallNanoseconds()
        return try database.read { database in
            try ChangeRow.fetchAll(database, sql: ChangeRow.selectAll).map { row in
                var change = row.change
                if let id = change.content, let reason = lost[id] {
                    change.failure = Change.Failure(
                        code: .localFailure,
                        message: "the content of “\(change.name)” is lost: \(reason)",
                        remedy: "Write the file again, or discard the change.",
                        isFinal: true,
                        at: wall
                    )
                }
                return change
            }
        }
    }

    /// A number for a change; the disk is asked once for thousands of them.
    package func newID() throws(JournalError) -> ChangeID {
        ChangeID(rawValue: try keeper.numbers.next())
    }

    /// Does all of it or nothing; it is on the disk when this is back.
    ///
    /// Commits of several threads share one write to the disk.
    ///
    /// - Throws: `.full`, `.readOnly`, `.disk`; `.damaged` when a change names a content that was never kept.
    @available(*, noasync, message: "this waits for the disk")
    package func commit(_ edits: [Edit]) throws(JournalError) {
        guard !edits.isEmpty else { return }
        try synchronizeContents(of: edits)
        try commits.run(.edits(edits))
    }

    /// Replaces the note of a change, durably; nothing happens when its row is gone.
    @available(*, noasync, message: "this waits for the disk")
    package func note(_ text: String, for id: ChangeID) throws(JournalError) {
        try commits.run(.note(text, id))
    }

    /// What is remembered of a thing; from memory.
    package func localAttributes(of location: Location) throws(JournalError) -> LocalAttributes? {
        attributes[location]
    }

    /// The content of a change that was read at the start.
    ///
    /// - Throws: `.damaged` when it is not there.
    package func content(_ id: ContentID) throws(JournalError) -> SealedContent {
        if let reason = lost[id] { throw JournalError(.damaged, "content \(id) is lost: \(reason)") }
        if let content = keeper.liveContent(id) { return content }
        guard let content = try database.read({ try keeper.content(id, in: $0) }) else {
            throw JournalError(.damaged, "there is no content \(id) in the journal \(directory)")
        }
        return content
    }

    /// Bytes to change: those of `base`, or an empty file.
    package func makeDraft(over base: (any DraftBase)?) throws(JournalError) -> Draft {
        Draft(over: base, keeper: keeper)
    }

    /// Brings files and their names to the disk, before the commit that names them.
    private func synchronizeContents(of edits: [Edit]) throws(JournalError) {
        var fresh: [SealedContent] = []
        for case .keep(let content) in edits {
            for layer in content.chain where try layer.synchronize() { fresh.append(layer) }
        }
        guard !fresh.isEmpty else { return }
        let path = keeper.folder.path
        try system(path) { () throws(SystemFailure) in try OpenFile.synchronizeDirectory(path) }
        for content in fresh { content.noteSynchronized() }
    }
}
