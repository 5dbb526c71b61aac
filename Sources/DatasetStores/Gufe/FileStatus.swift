internal import DatasetModel
internal import Glibc

extension Gufe {
    /// What `stat(2)` tells of a file, as far as a store needs it.
    struct FileStatus: Equatable, Sendable {
        let mode: mode_t
        let owner: uid_t
        let group: gid_t
        let device: UInt64
        let inode: UInt64
        let size: UInt64
        let modified: Timestamp
        private let changed: Timestamp

        private init(_ status: stat) {
            mode = status.st_mode
            owner = status.st_uid
            group = status.st_gid
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = UInt64(clamping: status.st_size)
            modified = Timestamp(status.st_mtim)
            changed = Timestamp(status.st_ctim)
        }

        init(of descriptor: borrowing Descriptor) throws(SystemError) {
            let raw = descriptor.raw
            var status = stat()
            _ = try systemCall { unsafe fstat(raw, &status) }
            self.init(status)
        }

        init(of name: [UInt8], in directory: borrowing Descriptor) throws(SystemError) {
            let raw = directory.raw
            var status = stat()
            _ = try systemCall { unsafe fstatat(raw, cString(name), &status, AT_SYMLINK_NOFOLLOW) }
            self.init(status)
        }

        /// - Returns: Nil when nothing is there.
        init?(ifThere name: [UInt8], in directory: borrowing Descriptor) throws(SystemError) {
            do throws(SystemError) {
                try self.init(of: name, in: directory)
            } catch {
                guard error.number == ENOENT else { throw error }
                return nil
            }
        }

        var isRegular: Bool { mode & S_IFMT == S_IFREG }
        var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
        var isLink: Bool { mode & S_IFMT == S_IFLNK }

        /// Changes with every write: the kernel moves the change time before it moves the bytes.
        var version: Version {
            let numbers = [device, inode, size].map { String($0, radix: 16) }
            return Version("\(numbers.joined(separator: "."))@\(modified.nanoseconds).\(changed.nanoseconds)")
        }

        /// How coarse the kernel's file times are at worst: a tick at 100 Hz, twice.
        static let tick = Duration.milliseconds(20)

        /// How long until the next write is sure to show in ``version``; zero when it is already.
        ///
        /// Two writes within one tick leave the same times: the stamp of a file that was changed just now may soon
        /// stand for other bytes. (Linux 6.13 and later stamp finely on several file systems what was looked at since its
        /// last change; older kernels and other file systems do not.) A change in the future comes from another machine's
        /// clock and says nothing.
        ///
        /// A write sets the times of modification and of change to one moment: where they differ, the next one will show.
        func timeToSettle(at wallNanoseconds: Int64) -> Duration {
            guard modified == changed else { return .zero }
            let age = Duration.nanoseconds(wallNanoseconds) - .nanoseconds(changed.nanoseconds)
            return age < .zero || age >= Self.tick ? .zero : Self.tick - age
        }
    }
}

extension Timestamp {
    fileprivate init(_ time: timespec) {
        let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        self.init(nanoseconds: overflow ? (time.tv_sec < 0 ? .min : .max) : whole + Int64(time.tv_nsec))
    }
}
