internal import DatasetModel
internal import FoundationEssentials
internal import GRDB

/// One commit's edits within a transaction, and what follows once it is on the disk.
struct EditTransaction {
    private let database: Database
    private let keeper: ContentKeeper
    /// Contents that this commit may have brought or taken away.
    private var touched: [ContentID] = []
    private var inserted: [SealedContent] = []
    private var removed: [ContentID] = []
    /// What goes to the log, roughly.
    private(set) var bytesWritten = 16 << 10

    init(database: Database, keeper: ContentKeeper) {
        self.database = database
        self.keeper = keeper
    }

    mutating func run(_ work: CommitQueue.Work) throws {
        switch work {
        case .note(let text, let id):
            try execute("UPDATE change SET note = ? WHERE id = ?", [StoredBytes.encode(text), id.rawValue])
        case .edits(let edits):
            for edit in edits { try apply(edit) }
            try checkContents(of: edits)
            try removeUnnamed()
        }
    }

    /// Once it is on the disk.
    func finish() {
        for content in inserted where !removed.contains(content.id) {
            keeper.noteKept(content.id, bytes: content.ownBytes)
            content.noteStored()
        }
        for id in removed { keeper.noteRemoved(id) }
    }

    // MARK: - Edits

    private mutating func apply(_ edit: Edit) throws {
        switch edit {
        case .put(let change):
            try touchContent(of: change.id)
            try execute(ChangeRow.put, ChangeRow(change).arguments)
        case .drop(let id):
            try touchContent(of: id)
            try execute("DELETE FROM change WHERE id = ?", [id.rawValue])
        case .keep(let content):
            for layer in content.chain { try insert(layer) }
        case .attributes(let attributes?, of: let location) where !attributes.isEmpty:
            try execute(AttributeRow.put, AttributeRow(attributes, of: location).arguments)
        case .attributes(_, of: let location):
            try execute("DELETE FROM attribute WHERE location = ?", [StoredBytes.encode(location.rawValue)])
        case .moveAttributes(from: let old, to: let new):
            guard old != new else { return }
            let (old, new) = (StoredBytes.encode(old.rawValue), StoredBytes.encode(new.rawValue))
            try execute("DELETE FROM attribute WHERE location = ?", [new])
            try execute("UPDATE attribute SET location = ? WHERE location = ?", [new, old])
        }
    }

    private mutating func touchContent(of id: ChangeID) throws {
        let statement = try database.cachedStatement(sql: "SELECT content FROM change WHERE id = ?")
        guard let content = try Row.fetchOne(statement, arguments: [id.rawValue]) else { return }
        guard let number = try content.decode(Int64?.self, atIndex: 0) else { return }
        touched.append(ContentID(rawValue: number))
    }

    private mutating func insert(_ content: SealedContent) throws {
        touched.append(content.id)
        guard try !exists("SELECT 1 FROM content WHERE id = ?", content.id) else { return }
        let (row, bytes) = content.row
        try execute(ContentRow.insert, row.arguments(bytes: bytes.map { Data($0) }))
        bytesWritten += bytes?.count ?? 0
        inserted.append(content)
    }

    private func checkContents(of edits: [Edit]) throws {
        for case .put(let change) in edits {
            guard let id = change.content, try !exists("SELECT 1 FROM content WHERE id = ?", id) else { continue }
            // A row that was read with its content lost may be written again: nothing is lost by that.
            guard change.failure?.isFinal != true else { continue }
            throw JournalError(.damaged, "change \(change.id) names content \(id), which the journal does not have")
        }
    }

    // MARK: - Contents that nobody names any more

    private mutating func removeUnnamed() throws {
        while let id = touched.popLast() {
            let isNamed =
                try exists("SELECT 1 FROM change WHERE content = ?", id)
                || exists("SELECT 1 FROM content WHERE base = ?", id)
            guard !isNamed else { continue }
            let statement = try database.cachedStatement(sql: "SELECT base FROM content WHERE id = ?")
            guard let row = try Row.fetchOne(statement, arguments: [id.rawValue]) else { continue }
            if let base = try row.decode(Int64?.self, atIndex: 0) { touched.append(ContentID(rawValue: base)) }
            // Whoever still reads it goes on doing so from memory.
            if let content = keeper.liveContent(id), let bytes = try ContentKeeper.bytes(of: id, in: database) {
                content.hold(bytes)
            }
            try execute("DELETE FROM content WHERE id = ?", [id.rawValue])
            removed.append(id)
        }
    }

    // MARK: - Statements

    private func execute(_ sql: String, _ arguments: [(any DatabaseValueConvertible)?]) throws {
        let statement = try database.cachedStatement(sql: sql)
        statement.setUncheckedArguments(StatementArguments(arguments))
        try statement.execute()
    }

    private func exists(_ sql: String, _ id: ContentID) throws -> Bool {
        try Row.fetchOne(try database.cachedStatement(sql: sql), arguments: [id.rawValue]) != nil
    }
}
