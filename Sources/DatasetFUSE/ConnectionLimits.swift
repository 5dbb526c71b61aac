internal import CFUSE

/// What is agreed with the kernel when a session begins, and how many threads answer it.
struct ConnectionLimits: Sendable, Equatable {
    /// Bytes of the largest read and write: 256 pages, the most that libfuse 3.14 and the kernel's default agree on. With read-ahead
    /// of the same size, sequential reads go 1.5 times as fast as with 128 KiB. Writes gain as much over 128 KiB and
    /// little over 512.
    var requestBytes: UInt32 = 1 << 20
    /// Reads by read-ahead that the kernel has on their way at once.
    var background: UInt32 = 64
    /// From here on the kernel holds read-ahead back.
    var congestion: UInt32 = 48
    /// More than ``background``, so that names and attributes are answered while every read waits.
    var threads: UInt32 = 256
    /// Threads kept when nothing is to be done.
    var idleThreads: UInt32 = 10

    /// INIT flags (linux/fuse.h) that libfuse 3.14 does not send: lookups in one directory run side by side; the kernel
    /// does not ask for `security.capability` before each write.
    static let setFlags = UInt64(FUSE_PARALLEL_DIROPS) | UInt64(FUSE_HANDLE_KILLPRIV_V2)

    /// Fills in the answer to INIT.
    func apply(to connection: inout fuse_conn_info, maximumRead: UInt32?) {
        connection.max_write = requestBytes
        connection.max_background = background
        connection.congestion_threshold = congestion
        if let maximumRead { connection.max_read = maximumRead }
        // READDIRPLUS always: letting the kernel choose (AUTO) makes a walk with stat three times as slow.
        // O_TRUNC comes with the open: one call instead of two, and no moment at which the old content stands emptied
        // without a handle that says by whom. Pages go when we say so or by an open that does not keep them: dropping
        // them with each change of size or time (AUTO_INVAL_DATA) would drop them after each of our own writes.
        let wanted =
            UInt32(FUSE_CAP_ASYNC_READ) | UInt32(FUSE_CAP_READDIRPLUS) | UInt32(FUSE_CAP_ATOMIC_O_TRUNC)
            | UInt32(FUSE_CAP_EXPLICIT_INVAL_DATA)
        // Node ids do not outlive the mount (EXPORT), pages written by write(2) are never dirty in the kernel alone
        // (WRITEBACK), the kernel applies the umask (DONT_MASK) and keeps locks to itself, and of the two ways to leave
        // set-id bits to us only the later is spoken (HANDLE_KILLPRIV).
        let refused =
            UInt32(FUSE_CAP_READDIRPLUS_AUTO) | UInt32(FUSE_CAP_EXPORT_SUPPORT) | UInt32(FUSE_CAP_WRITEBACK_CACHE)
            | UInt32(FUSE_CAP_CACHE_SYMLINKS) | UInt32(FUSE_CAP_SPLICE_READ) | UInt32(FUSE_CAP_SPLICE_WRITE)
            | UInt32(FUSE_CAP_SPLICE_MOVE) | UInt32(FUSE_CAP_AUTO_INVAL_DATA) | UInt32(FUSE_CAP_DONT_MASK)
            | UInt32(FUSE_CAP_POSIX_LOCKS) | UInt32(FUSE_CAP_FLOCK_LOCKS) | UInt32(FUSE_CAP_POSIX_ACL)
            | UInt32(FUSE_CAP_HANDLE_KILLPRIV)
        connection.want = (connection.want | (wanted & connection.capable)) & ~refused
    }
}
