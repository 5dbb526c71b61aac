internal import GRDB

extension CacheError {
    /// What a failed statement or connection means for whoever keeps facts.
    init(_ error: any Error, path: String) {
        guard let error = error as? DatabaseError else {
            self.init(.damaged, "a row of the facts file cannot be read: \(error)", path: path)
            return
        }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_MISMATCH:
            self.init(.damaged, "the facts file is damaged (\(reason)); the next start sets it aside", path: path)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy(pid: nil), "another process uses the facts file (\(reason)); end it first", path: path)
        case .SQLITE_ERROR, .SQLITE_SCHEMA, .SQLITE_CONSTRAINT, .SQLITE_MISUSE, .SQLITE_RANGE:
            self.init(.schema, "the facts file does not fit this program (\(reason))", path: path)
        default:
            self.init(.disk, "the facts file cannot be used (\(reason)); look at the disk", path: path)
        }
    }

    /// The error of a system call, from the `errno` it left.
    init(systemCall: String, errno code: Int32, path: String) {
        self.init(.disk, "\(systemCall) failed: \(systemMessage(code))", path: path)
    }
}
