internal import DatasetModel
internal import DatasetSync
internal import GRDB
internal import Glibc

extension JournalError {
    /// The error of a system call, from the `errno` it left.
    init(_ failure: SystemFailure, path: String) {
        let what = "\(failure.call) of \(path) failed: \(systemMessage(failure.code))"
        switch failure.code {
        case ENOSPC, EDQUOT:
            self.init(.full, "\(what); make room on that disk")
        case EROFS, EACCES, EPERM:
            self.init(.readOnly, "\(what); make that directory writable")
        default:
            self.init(.disk, "\(what); look at the disk")
        }
    }

    init(_ failure: OwnerLock.Failure, path: String) {
        switch failure {
        case .owned(let owner):
            let process = owner.map { "process \($0)" } ?? "another process"
            self.init(.busy(pid: owner), "\(process) uses the journal \(path); unmount there first")
        case .system(let call, let code):
            self.init(SystemFailure(call: call, code: code), path: path)
        }
    }

    /// What a failed statement or connection means for whoever keeps changes.
    init(database error: any Error, path: String) {
        if let known = error as? JournalError {
            self = known
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(damaged: path, because: "a row cannot be read: \(error)")
            return
        }
        let reason = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL:
            self.init(.full, "the journal \(path) cannot grow (\(reason)); make room on that disk")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.readOnly, "the journal \(path) cannot be written (\(reason)); make it writable")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_MISMATCH:
            self.init(damaged: path, because: reason)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy(pid: nil), "another program uses the journal \(path) (\(reason)); end it first")
        default:
            // SQLite tells that the disk failed, not how: the disk itself is asked.
            guard let refusal = Self.refusal(beside: path) else {
                self.init(.disk, "the journal \(path) cannot be used (\(reason)); look at the disk")
                return
            }
            self.init(refusal, path: path)
        }
    }

    /// What the disk says to a byte that is written beside that file; nil when it takes it.
    private static func refusal(beside path: String) -> SystemFailure? {
        let probe = path + ".probe"
        _ = unsafe unlink(probe)
        defer { _ = unsafe unlink(probe) }
        do throws(SystemFailure) {
            try OpenFile(probe, for: .creating).write([0], at: 0)
            return nil
        } catch {
            return error
        }
    }

    /// What is said wherever changes may be lost that nobody else has: what is wrong, and how to save them.
    init(damaged path: String, because reason: String) {
        self.init(
            .damaged,
            "the journal \(path) is damaged (\(reason)). It may hold changes that the store does not have: copy its "
                + "directory to a safe place, save what “sqlite3 COPY .recover” gives back, then move it away"
        )
    }
}

extension StoreError {
    /// Why bytes that are kept here could not be had.
    init(_ error: JournalError) {
        self.init(.localFailure, error.message)
    }
}
