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
    /// - Parameter now: In nanoseconds since 1970.
    /// - Returns: Whether there were any.
    @discardableResult
    static func removeLeftovers(in directory: borrowing Descriptor, at now: Int64) throws(SystemError) -> Bool {
        let stream = try DirectoryStream(takingOwnershipOf: try openName([UInt8(ascii: ".")], in: directory, O_RDONLY))
        var hasRemoved = false
        while let entry = try stream.next() {
            guard TemporaryName.matches(entry.name) else { continue }
            hasRemoved = removeLeftover(entry.name, in: directory, at: now) || hasRemoved
        }
        return hasRemoved
    }

    /// Removes one file of a temporary name, unless somebody is writing it.
    ///
    /// Whoever has just made it and not locked it yet finds it gone and makes another: see ``TemporaryFile``.
    ///
    /// - Returns: Whether it was removed.
    static func removeLeftover(_ name: [UInt8], in directory: borrowing Descriptor, at now: Int64) -> Bool {
        guard let status = try? FileStatus(of: name, in: directory), status.isRegular,
            let file = try? openName(name, in: directory, O_RDONLY | O_NONBLOCK)
        else { return false }
        switch lock(file) {
        case .taken: break
        case .heldByAnother: return false
        // A day without a write: nobody is at it any more.
        case .unknown: guard now - status.modified.nanoseconds > 86_400_000_000_000 else { return false }
        }
        let raw = directory.raw
        return unsafe unlinkat(raw, cString(name), 0) == 0
    }
}
