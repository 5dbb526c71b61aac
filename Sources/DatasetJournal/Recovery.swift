internal import DatasetModel
internal import GRDB

/// Brings rows and files together when the journal is opened.
struct Recovery {
    let database: JournalDatabase
    let keeper: ContentKeeper
    let onWarning: @Sendable (String) -> Void

    /// Removes the files that no row names.
    ///
    /// - Returns: The contents that a row names and that are not there whole, with what is wrong.
    func run() throws(JournalError) -> [ContentID: String] {
        let sizes = try keeper.folder.sizes()
        try refuseStrangers(sizes)
        let rows = try database.read { try ContentRow.fetchAll($0, sql: ContentRow.select) }
        let named = try database.read { database in
            try Int64.fetchAll(database, sql: "SELECT DISTINCT content FROM change WHERE content IS NOT NULL")
        }
        var lost = Self.lost(rows, sizes, in: keeper.folder)
        let known = Set(rows.map(\.id))
        for number in named where !known.contains(ContentID(rawValue: number)) {
            lost[ContentID(rawValue: number)] = "the journal has no such content"
        }
        for (id, reason) in lost { onWarning("content \(id) is lost: \(reason)") }
        for row in rows {
            keeper.noteKept(row.id, bytes: row.size - min(row.size, row.borrowed.total + row.missing.total))
        }
        for id in sizes.keys where !known.contains(id) { keeper.folder.remove(id) }
        return lost
    }

    /// A database that has never given out a number does not know these files: it stands where another one was lost.
    private func refuseStrangers(_ sizes: [ContentID: UInt64]) throws(JournalError) {
        guard !sizes.isEmpty else { return }
        let reserved = try database.read { try Int64.fetchOne($0, sql: "SELECT reserved FROM counter") }
        guard reserved == 1 else { return }
        throw JournalError(
            damaged: database.path,
            because: "it is empty or gone, yet \(keeper.folder.path) holds \(sizes.count) contents"
        )
    }

    private static func lost(
        _ rows: [ContentRow],
        _ sizes: [ContentID: UInt64],
        in folder: ContentFolder
    ) -> [ContentID: String] {
        var lost: [ContentID: String] = [:]
        for row in rows {
            if row.isInline {
                if !row.hasWholeBlob { lost[row.id] = "its bytes in the journal are not \(row.size)" }
            } else if let size = sizes[row.id] {
                if size != row.size { lost[row.id] = "\(folder.path(of: row.id)) has \(size) bytes, not \(row.size)" }
            } else {
                lost[row.id] = "\(folder.path(of: row.id)) is gone"
            }
        }
        // A base has a smaller number than what lies over it.
        for row in rows.sorted(by: { $0.id.rawValue < $1.id.rawValue }) where lost[row.id] == nil {
            if let base = row.base, let reason = lost[base] { lost[row.id] = reason }
        }
        return lost
    }
}
