internal import DatasetModel
internal import Glibc

extension Gufe {
    /// A file that is being written under a temporary name; it goes with its value unless it was published.
    ///
    /// Its lock (flock(2)) tells it from one that a crash left behind: see ``removeLeftover(_:in:at:)``.
    struct TemporaryFile: ~Copyable {
        let directory: Descriptor
        let file: Descriptor
        let name: [UInt8]
        private var isPublished = false

        /// - Parameter mode: Before the process's mask.
        /// - Throws: EAGAIN when somebody took it for left behind before it had its lock: another name is to be tried.
        init(_ name: [UInt8], in directory: consuming Descriptor, mode: mode_t) throws(SystemError) {
            let file = try openName(name, in: directory, O_RDWR | O_CREAT | O_EXCL, mode: mode)
            guard lock(file) != .heldByAnother, Self.isThere(name, file, in: directory) else {
                throw SystemError(number: EAGAIN)
            }
            self.name = name
            self.file = file
            self.directory = directory
        }

        private static func isThere(_ name: [UInt8], _ file: borrowing Descriptor, in directory: borrowing Descriptor)
            -> Bool
        {
            guard let own = try? FileStatus(of: file), let there = try? FileStatus(of: name, in: directory) else {
                return false
            }
            return own.device == there.device && own.inode == there.inode
        }

        deinit {
            guard !isPublished else { return }
            let directory = directory.raw
            _ = unsafe unlinkat(directory, cString(name), 0)
        }

        /// Sets the time of modification.
        ///
        /// - Returns: The file with the time as the file system keeps it, which may be coarser.
        @discardableResult
        func stamp(_ nanoseconds: Int64) throws(SystemError) -> FileStatus {
            let time = Timestamp(nanoseconds: nanoseconds)
            let moment = timespec(tv_sec: time_t(time.seconds), tv_nsec: Int(time.subsecondNanoseconds))
            let raw = file.raw
            _ = try systemCall { unsafe futimens(raw, [moment, moment]) }
            return try FileStatus(of: file)
        }

        /// Writes all of `bytes` at `offset`.
        func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(SystemError) {
            let raw = file.raw
            var written = 0
            while written < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
                let position = off_t(clamping: offset + UInt64(written))
                written += try systemCall { unsafe pwrite(raw, rest.baseAddress, rest.count, position) }
            }
        }

        /// Makes the file look like the one whose place it takes: mode, owner and what is kept with it.
        ///
        /// An owner that this user cannot give stays this user, as with any program that replaces files.
        func takeAfter(_ status: FileStatus, _ attributes: ExtendedAttributes) throws(SystemError) {
            let raw = file.raw
            let own = try FileStatus(of: file)
            if own.owner != status.owner || own.group != status.group,
                fchown(raw, status.owner, status.group) != 0
            {
                _ = fchown(raw, own.owner, status.group)
            }
            // What runs with its owner's rights must not do so with another's.
            let bits: mode_t = try FileStatus(of: file).owner == status.owner ? 0o7777 : 0o777
            _ = try systemCall { fchmod(raw, status.mode & bits) }
            let attributesHere = ExtendedAttributes(of: name, in: directory)
            for name in try attributes.namesToCarryOver() {
                guard let value = try attributes.value(name) else { continue }
                try attributesHere.set(name, to: value)
            }
        }

        /// Gives the file its name; nothing may be called so.
        ///
        /// - Throws: EEXIST.
        mutating func publish(as newName: [UInt8]) throws(SystemError) {
            try renameWithoutReplacing(name, in: directory, to: newName, in: directory)
            isPublished = true
        }

        /// Gives the file its name, in place of whatever is called so.
        mutating func publish(replacing newName: [UInt8]) throws(SystemError) {
            let directory = directory.raw
            _ = try systemCall { unsafe renameat(directory, cString(name), directory, cString(newName)) }
            isPublished = true
        }
    }

    /// All that was done to a file, or to the names in a directory, is on the disk when this is back.
    static func synchronize(_ descriptor: borrowing Descriptor) throws(SystemError) {
        let raw = descriptor.raw
        _ = try systemCall { fsync(raw) }
    }

    /// - Throws: EACCES for a file whose content this user may not change, though its directory is open to changes.
    static func requireWritable(_ place: borrowing Place) throws(SystemError) {
        let raw = place.directory.raw
        _ = try systemCall { unsafe faccessat(raw, cString(place.name), W_OK, 0) }
    }

    /// - Throws: EEXIST when something is called `newName`.
    static func renameWithoutReplacing(
        _ name: [UInt8],
        in directory: borrowing Descriptor,
        to newName: [UInt8],
        in newDirectory: borrowing Descriptor
    ) throws(SystemError) {
        let (from, to) = (directory.raw, newDirectory.raw)
        if let renameat2 = unsafe Libc.renameat2 {
            do throws(SystemError) {
                _ = try systemCall { unsafe renameat2(from, cString(name), to, cString(newName), Libc.noReplace) }
                return
            } catch {
                // EINVAL: the file system cannot do it in one step (NFS, some behind FUSE).
                guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(error.number) else { throw error }
            }
        }
        guard try FileStatus(ifThere: newName, in: newDirectory) == nil else { throw SystemError(number: EEXIST) }
        _ = try systemCall { unsafe renameat(from, cString(name), to, cString(newName)) }
    }
}
