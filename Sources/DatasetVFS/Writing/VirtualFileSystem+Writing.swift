package import DatasetModel
internal import DatasetSync

extension VirtualFileSystem {
    /// Makes a file and opens it; counts one lookup.
    ///
    /// - Throws: EEXIST where the name is taken, whatever the flags: the kernel opens what it knows by ``open(_:flags:_:)``.
    package func create(
        _ name: String,
        in parent: Inode,
        permissions: UInt32,
        flags: Int32,
        _ context: CallContext
    ) throws(VFSError) -> (entry: Entry, file: OpenedFile) {
        throw .readOnly
    }

    /// Makes an empty file (mknod(2)); counts one lookup.
    package func makeFile(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        throw .readOnly
    }

    /// - Parameter appends: The file was opened with O_APPEND: the bytes go to its end, wherever that is now.
    package func write(
        _ handle: UInt64,
        at offset: UInt64,
        _ bytes: UnsafeRawBufferPointer,
        appends: Bool,
        _ context: CallContext
    ) throws(VFSError) -> Int {
        throw .readOnly
    }

    /// close(2): what was written is published, or safe in the journal, as the mount's durability says.
    ///
    /// Sets its own limit of time: a large upload may go on as long as bytes move.
    package func flush(_ handle: UInt64, _ context: CallContext) throws(VFSError) {}

    /// fsync(2): waits for the store. Sets its own limit of time.
    package func synchronize(_ handle: UInt64, _ context: CallContext) throws(VFSError) {}

    /// fsync(2) of a directory: all that is to be published of it is.
    package func synchronizeDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) {}

    package func change(_ change: StatusChange, of inode: Inode, handle: UInt64?, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        throw .readOnly
    }

    package func allocate(_ handle: UInt64, _ range: ByteRange, _ mode: Allocation, _ context: CallContext)
        throws(VFSError)
    {
        throw .readOnly
    }

    /// - Throws: ENXIO behind the end.
    package func seek(_ handle: UInt64, to target: SeekTarget, from offset: UInt64, _ context: CallContext)
        throws(VFSError) -> UInt64
    {
        throw .notSupported
    }

    /// copy_file_range(2) within the mount.
    ///
    /// - Returns: Bytes copied: fewer than asked for at the end of the source.
    package func copy(
        from source: UInt64,
        at sourceOffset: UInt64,
        to target: UInt64,
        at targetOffset: UInt64,
        count: UInt64,
        _ context: CallContext
    ) throws(VFSError) -> UInt64 {
        throw .readOnly
    }

    /// Counts one lookup.
    package func makeDirectory(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        throw .readOnly
    }

    /// Counts one lookup.
    package func makeLink(_ name: String, to target: String, in parent: Inode, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        throw .readOnly
    }

    package func unlink(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) {
        throw .readOnly
    }

    /// - Throws: ENOTEMPTY.
    package func removeDirectory(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) {
        throw .readOnly
    }

    package func rename(
        _ name: String,
        in parent: Inode,
        to newName: String,
        in newParent: Inode,
        _ rule: RenameRule,
        _ context: CallContext
    ) throws(VFSError) {
        throw .readOnly
    }
}
