internal import DatasetModel
internal import Glibc

extension Gufe {
    enum LockAnswer {
        case taken
        case heldByAnother
        /// The file system knows no locks.
        case unknown
    }

    /// Takes the lock of an open file or directory (flock(2)), which is let go when that is closed.
    static func lock(_ descriptor: borrowing Descriptor) -> LockAnswer {
        let raw = descriptor.raw
        do throws(SystemError) {
            _ = try systemCall { flock(raw, LOCK_EX | LOCK_NB) }
            return .taken
        } catch {
            return error.number == EWOULDBLOCK ? .heldByAnother : .unknown
        }
    }

    static func unlock(_ descriptor: borrowing Descriptor) {
        _ = flock(descriptor.raw, LOCK_UN)
    }

    /// Removes temporary files that no process is writing: what a crash left behind.
    ///
    /// - Parameters:
    ///   - now: In nanoseconds since 1970.
    ///   - age: In nanoseconds: younger ones stay, since their lock may be about to be taken.
    /// - Returns: Whether there were any.
    @discardableResult
    static func removeLeftovers(in directory: borrowing Descriptor, at now: Int64, olderThan age: Int64)
        throws(SystemError) -> Bool
    {
        let stream = try DirectoryStream(takingOwnershipOf: try openName([UInt8(ascii: ".")], in: directory, O_RDONLY))
        var hasRemoved = false
        while let entry = try stream.next() {
            guard TemporaryName.matches(entry.name),
                let status = try FileStatus(ifThere: entry.name, in: directory),
                now - status.modified.nanoseconds >= age,
                isLeftBehind(entry.name, in: directory, status, at: now)
            else { continue }
            let raw = directory.raw
            hasRemoved = unsafe unlinkat(raw, cString(entry.name), 0) == 0 || hasRemoved
        }
        return hasRemoved
    }

    private static func isLeftBehind(
        _ name: [UInt8],
        in directory: borrowing Descriptor,
        _ status: FileStatus,
        at now: Int64
    ) -> Bool {
        guard status.isRegular, let file = try? openName(name, in: directory, O_RDONLY | O_NONBLOCK) else {
            return false
        }
        switch lock(file) {
        case .taken: return true
        case .heldByAnother: return false
        // A day without a write: nobody is at it any more.
        case .unknown: return now - status.modified.nanoseconds > 86_400_000_000_000
        }
    }
}
