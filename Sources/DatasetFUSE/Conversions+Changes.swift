internal import CFUSE
internal import DatasetModel
internal import DatasetVFS
internal import Glibc

extension Timestamp {
    /// What lies outside of the years 1677 to 2262 becomes the nearest moment inside.
    init(_ time: timespec) {
        let (whole, overflows) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, passes) = whole.addingReportingOverflow(Int64(time.tv_nsec))
        self.init(nanoseconds: overflows || passes ? (time.tv_sec < 0 ? .min : .max) : sum)
    }
}

extension StatusChange {
    /// - Parameter fields: FUSE_SET_ATTR_*: which fields of `values` count. Bits that are not named here ask for nothing
    ///   we keep: the change time is ours, and the set-id bits that a write takes away mean nothing on a nosuid mount.
    init(_ values: stat, fields: Int32) {
        self.init()
        if fields & FUSE_SET_ATTR_SIZE != 0 { size = UInt64(clamping: values.st_size) }
        if fields & FUSE_SET_ATTR_MODE != 0 { permissions = values.st_mode & 0o7777 }
        if fields & FUSE_SET_ATTR_UID != 0 { owner = values.st_uid }
        if fields & FUSE_SET_ATTR_GID != 0 { group = values.st_gid }
        accessed = Moment(values.st_atim, fields, set: FUSE_SET_ATTR_ATIME, now: FUSE_SET_ATTR_ATIME_NOW)
        modified = Moment(values.st_mtim, fields, set: FUSE_SET_ATTR_MTIME, now: FUSE_SET_ATTR_MTIME_NOW)
    }
}

extension StatusChange.Moment {
    /// The kernel sends both bits for the present moment, the plain one with its own idea of the time.
    fileprivate init?(_ time: timespec, _ fields: Int32, set: Int32, now: Int32) {
        if fields & now != 0 {
            self = .now
        } else if fields & set != 0 {
            self = .at(Timestamp(time))
        } else {
            return nil
        }
    }
}

extension RenameRule {
    /// linux/fs.h: RENAME_NOREPLACE 1, RENAME_EXCHANGE 2.
    ///
    /// - Throws: EINVAL for others, such as overlayfs's whiteouts.
    init(flags: UInt32) throws(VFSError) {
        switch flags {
        case 0: self = .replaces
        case 1: self = .mustBeFree
        case 2: self = .exchanges
        default: throw VFSError(errno: EINVAL)
        }
    }
}

extension Allocation {
    /// linux/falloc.h: FALLOC_FL_KEEP_SIZE 1, PUNCH_HOLE 2, ZERO_RANGE 16.
    ///
    /// - Throws: EOPNOTSUPP for others.
    init(mode: Int32) throws(VFSError) {
        switch mode {
        case 0: self = .grows
        case 1: self = .keepsSize
        case 3: self = .punchesHole
        case 16: self = .zeroes(keepsSize: false)
        case 17: self = .zeroes(keepsSize: true)
        default: throw .notSupported
        }
    }
}

extension SeekTarget {
    /// linux/fs.h: SEEK_DATA 3, SEEK_HOLE 4.
    ///
    /// - Throws: EINVAL for others.
    init(whence: Int32) throws(VFSError) {
        switch whence {
        case 3: self = .data
        case 4: self = .hole
        default: throw VFSError(errno: EINVAL)
        }
    }
}

extension String {
    /// A name that something is to be given.
    ///
    /// - Throws: ENAMETOOLONG over 255 bytes; EILSEQ when it is no UTF-8.
    init(newKernelName: UnsafePointer<CChar>?) throws(VFSError) {
        let name: String
        do throws(VFSError) {
            name = try unsafe String(kernelName: newKernelName)
        } catch {
            throw error.errno == ENOENT ? VFSError(errno: EILSEQ) : error
        }
        self = name
    }
}
