package import DatasetVFS

/// The calls that change names and what is known of files; part of ``FileSystemCalls``.
///
/// The kernel holds the lock of each directory concerned while it waits for one of these: two changes of one directory
/// never overlap, and it has checked permissions, kinds and name lengths by what it was told before. What another
/// machine did meanwhile it does not know, so that the errors it knows (EEXIST, ENOENT, ENOTDIR, EISDIR) come from here
/// too. `permissions` come with the caller's umask applied.
package protocol ChangingCalls: Sendable {
    /// open(2) with O_CREAT of a name that the kernel knows to be free; counts one lookup.
    ///
    /// - Parameter flags: open(2)'s, O_CREAT, O_EXCL and O_TRUNC among them.
    /// - Throws: EEXIST where the name is taken, whatever the flags: without O_EXCL the kernel is made to look again and
    ///   to open what is there. EROFS, EACCES, ENOSPC, EDQUOT, EINVAL for a name that cannot be.
    func create(
        _ name: String,
        in parent: Inode,
        permissions: UInt32,
        flags: Int32,
        _ context: CallContext
    ) throws(VFSError) -> (entry: Entry, file: OpenedFile)

    /// mknod(2) of a regular file; counts one lookup.
    ///
    /// - Throws: As ``create(_:in:permissions:flags:_:)``.
    func makeFile(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry

    /// mkdir(2); counts one lookup.
    ///
    /// - Throws: EEXIST, EROFS, EACCES, ENOSPC, EDQUOT, EINVAL.
    func makeDirectory(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry

    /// symlink(2); counts one lookup.
    ///
    /// - Throws: EEXIST, EROFS, EACCES, EINVAL, EOPNOTSUPP for a target that cannot be kept.
    func makeLink(_ name: String, to target: String, in parent: Inode, _ context: CallContext)
        throws(VFSError) -> Entry

    /// unlink(2). Who has the file open goes on reading and writing it, by inode and handle.
    ///
    /// - Throws: ENOENT, EISDIR, EROFS, EACCES.
    func unlink(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError)

    /// rmdir(2).
    ///
    /// - Throws: ENOTEMPTY, ENOENT, ENOTDIR, EROFS, EACCES.
    func removeDirectory(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError)

    /// rename(2) and renameat2(2), within one directory or from one to another.
    ///
    /// The kernel has refused already a directory into itself, a directory over a file and the reverse.
    /// - Throws: ENOENT, EEXIST, ENOTEMPTY, EROFS, EACCES, EINVAL for a rule that cannot be kept.
    func rename(
        _ name: String,
        in parent: Inode,
        to newName: String,
        in newParent: Inode,
        _ rule: RenameRule,
        _ context: CallContext
    ) throws(VFSError)

    /// chmod(2), chown(2), utimensat(2), truncate(2), and with a handle ftruncate(2); one call may change several fields.
    ///
    /// No page of the file is being written meanwhile when the size changes.
    /// - Returns: What is known of the file now; counts no lookup.
    /// - Throws: EROFS, EACCES, EPERM, EFBIG, ENOSPC.
    func change(_ change: StatusChange, of inode: Inode, handle: UInt64?, _ context: CallContext)
        throws(VFSError) -> Entry
}
