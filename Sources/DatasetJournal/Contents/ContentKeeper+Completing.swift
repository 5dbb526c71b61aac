internal import DatasetModel
internal import FoundationEssentials
internal import GRDB
internal import Synchronization

extension ContentKeeper {
    /// What is still missing of a content, should it have a row.
    func noteMissing(_ missing: Extents, of id: ContentID) throws(JournalError) {
        try database.write { database in
            let statement = try database.cachedStatement(sql: "UPDATE content SET missing = ? WHERE id = ?")
            statement.setUncheckedArguments([StoredBytes.encode(missing), id.rawValue])
            try statement.execute()
        }
    }

    /// Fills in what is missing of a content that lies in its row or in memory.
    ///
    /// On the database's queue, as commits are: the row neither comes nor goes meanwhile.
    func changeInline(_ content: SealedContent, _ change: (inout [UInt8]) -> Void) throws(JournalError) {
        let update = "UPDATE content SET bytes = ?, missing = NULL WHERE id = ? AND bytes IS NOT NULL"
        try database.write { database in
            if case .memory(var bytes) = content.state.withLock({ $0.place }) {
                change(&bytes)
                try database.cachedStatement(sql: update).execute(arguments: [Data(bytes), content.id.rawValue])
                let whole = bytes
                content.state.withLock { $0.place = .memory(whole) }
            } else if var bytes = try Self.bytes(of: content.id, in: database) {
                change(&bytes)
                try database.cachedStatement(sql: update).execute(arguments: [Data(bytes), content.id.rawValue])
            }
        }
        content.state.withLock { $0.missing = Extents() }
    }
}
