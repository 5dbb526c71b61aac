internal import CFUSE
internal import DatasetModel
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

extension FileKind {
    /// The type bits of `st_mode`.
    var modeBits: mode_t {
        switch self {
        case .directory: S_IFDIR
        case .regular: S_IFREG
        case .symbolicLink: S_IFLNK
        }
    }
}

extension Duration {
    /// What libfuse takes a lifetime as; never negative.
    var kernelSeconds: Double { max(0, inSeconds) }
}

extension timespec {
    init(_ time: Timestamp) {
        self.init(tv_sec: Int(time.seconds), tv_nsec: Int(time.subsecondNanoseconds))
    }
}

extension stat {
    init(_ status: FileStatus) {
        self.init()
        st_ino = ino_t(status.inode.rawValue)
        st_mode = status.kind.modeBits | (status.permissions & 0o7777)
        st_nlink = nlink_t(status.links)
        st_uid = status.owner
        st_gid = status.group
        st_size = off_t(clamping: status.size)
        st_blocks = blkcnt_t(clamping: status.blocks)
        // What programs size their buffers by: a page, so that small reads stay small; copying tools take more by themselves.
        st_blksize = 4096
        st_atim = timespec(status.accessed)
        st_mtim = timespec(status.modified)
        st_ctim = timespec(status.changed)
    }

    /// What a bare name in a listing shows: number and kind.
    init(_ item: DirectoryItem) {
        self.init()
        st_ino = ino_t(item.inode.rawValue)
        st_mode = item.kind.modeBits
    }
}

extension fuse_entry_param {
    init(_ entry: Entry) {
        self.init()
        // Numbers are never used twice, so that one generation does for all.
        ino = entry.status.inode.rawValue
        attr = stat(entry.status)
        attr_timeout = entry.lifetime.kernelSeconds
        entry_timeout = entry.lifetime.kernelSeconds
    }
}

extension statvfs {
    init(_ statistics: FileSystemStatistics) {
        self.init()
        f_bsize = UInt(statistics.blockSize)
        f_frsize = UInt(statistics.blockSize)
        f_blocks = fsblkcnt_t(statistics.blocks)
        f_bfree = fsblkcnt_t(statistics.freeBlocks)
        f_bavail = fsblkcnt_t(statistics.freeBlocks)
        f_files = fsfilcnt_t(statistics.files)
        f_ffree = fsfilcnt_t(statistics.freeFiles)
        f_favail = fsfilcnt_t(statistics.freeFiles)
        f_namemax = UInt(statistics.nameLimit)
    }
}

extension String {
    /// A name as it came from the kernel.
    ///
    /// - Throws: ENAMETOOLONG over 255 bytes; ENOENT when it is no UTF-8, because no name here is anything else.
    init(kernelName: UnsafePointer<CChar>?) throws(VFSError) {
        guard let kernelName = unsafe kernelName else { throw VFSError(errno: EINVAL) }
        guard unsafe strlen(kernelName) <= 255 else { throw VFSError(errno: ENAMETOOLONG) }
        guard let name = unsafe String(validatingCString: kernelName) else { throw .notFound }
        self = name
    }
}
