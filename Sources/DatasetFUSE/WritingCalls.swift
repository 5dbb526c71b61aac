package import DatasetModel
package import DatasetVFS

/// The calls that change a file's bytes through a handle; part of ``FileSystemCalls``.
///
/// ORDER: the bytes of one write(2) come in pieces of at most the agreed size, each when the one before was answered.
/// Bytes written through a mapping come at any time from the first store to the last ``FileSystemCalls/release(_:)``,
/// also behind the ``flush(_:_:)`` of every close(2), on whichever writable handle of the inode the kernel has at hand;
/// `msync`, `munmap`, `fsync` and `close` wait for them.
package protocol WritingCalls: Sendable {
    /// write(2), and pages of a shared mapping going home.
    ///
    /// - Parameters:
    ///   - bytes: Valid until this returns.
    ///   - appends: The file was opened with O_APPEND: the bytes go to its end, wherever that is now. Never set for pages
    ///     and for O_DIRECT: their offset counts.
    /// - Returns: Bytes taken; fewer than came end the caller's write(2) there.
    /// - Throws: ENOSPC, EDQUOT, EFBIG, EIO, and a read's errors where a block is overwritten in part.
    func write(
        _ handle: UInt64,
        at offset: UInt64,
        _ bytes: UnsafeRawBufferPointer,
        appends: Bool,
        _ context: CallContext
    ) throws(VFSError) -> Int

    /// close(2) of any descriptor of a handle that can write: several for one handle after dup(2) or fork(2).
    ///
    /// Has no deadline here: the callee limits itself. The caller waits even when it is being killed: an interruption
    /// must be answered soon, by EINTR.
    /// - Throws: What close(2) reports: ENOSPC, EDQUOT, ESTALE, ENETUNREACH, EINTR, EIO, …
    func flush(_ handle: UInt64, _ context: CallContext) throws(VFSError)

    /// fsync(2) and fdatasync(2) of any handle, and each write(2) to a file opened with O_SYNC or O_DSYNC. No deadline.
    ///
    /// The kernel holds the file's lock meanwhile: writes and changes of its attributes wait, reads and lookups do not.
    /// - Throws: As ``flush(_:_:)``.
    func synchronize(_ handle: UInt64, _ context: CallContext) throws(VFSError)

    /// fsync(2) of a directory. No deadline, but the directory's lock is held as for
    /// ``FileSystemCalls/setAttribute(_:to:of:_:)``: better not waited in.
    ///
    /// - Throws: As ``flush(_:_:)``.
    func synchronizeDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError)

    /// fallocate(2) and posix_fallocate(3). The kernel has written home and dropped the range's pages.
    ///
    /// - Throws: ENOSPC, EFBIG, EOPNOTSUPP for a mode that cannot be.
    func allocate(_ handle: UInt64, _ range: ByteRange, _ mode: Allocation, _ context: CallContext) throws(VFSError)

    /// lseek(2) with SEEK_DATA or SEEK_HOLE; other seeks the kernel does by itself.
    ///
    /// - Throws: ENXIO behind the end.
    func seek(_ handle: UInt64, to target: SeekTarget, from offset: UInt64, _ context: CallContext)
        throws(VFSError) -> UInt64

    /// copy_file_range(2) between two handles of this mount, a few MiB at a time.
    ///
    /// - Returns: Bytes copied: fewer than asked for at the end of the source.
    /// - Throws: EOPNOTSUPP or EXDEV make the kernel copy by reading and writing; ENOSPC, EFBIG, EIO.
    func copy(
        from source: UInt64,
        at sourceOffset: UInt64,
        to target: UInt64,
        at targetOffset: UInt64,
        count: UInt64,
        _ context: CallContext
    ) throws(VFSError) -> UInt64
}
