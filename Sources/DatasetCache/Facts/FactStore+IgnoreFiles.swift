internal import GRDB

extension FactStore {
    /// The files whose rules say what stays out of the store (gitignore(5)).
    package static let ignoreFileName = ".gitignore"

    /// Whether any directory is known to hold such a file; costs one look into an index of just those.
    package func hasIgnoreFiles() throws(CacheError) -> Bool {
        try read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT 1 FROM node WHERE name = '\(Self.ignoreFileName)' LIMIT 1"
            )
            return try Row.fetchOne(statement) != nil
        }
    }
}
