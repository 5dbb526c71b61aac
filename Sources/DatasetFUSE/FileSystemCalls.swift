package import DatasetVFS

/// What the kernel side asks of a file system: plain values in, plain values out, on whatever thread a request came.
///
/// Lookup counts are the callee's: whatever it hands out as an ``Entry`` (by ``lookup(_:in:_:)``, through `emit`, or for
/// something it made) it has counted before, and ``forget(_:count:)`` takes back. Names it hands out are 1 to 255 bytes
/// without `/` and NUL.
package protocol FileSystemCalls: ChangingCalls, WritingCalls {
    func lookup(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) -> LookupAnswer
    func forget(_ inode: Inode, count: UInt64)
    func status(of inode: Inode, handle: UInt64?, _ context: CallContext) throws(VFSError) -> Entry

    func openDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) -> UInt64
    /// Hands out the names behind `offset` until there are no more or `emit` answers false: that one did not fit.
    ///
    /// `.` and `..` are names like others: who wants them shown emits them.
    func readDirectory(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem) -> Bool
    ) throws(VFSError)
    /// The same with what is known of each file, its lookup counted; nil sends the bare name, which counts nothing.
    ///
    /// `.` and `..` go out bare. The lookup of an entry for which `emit` answers false is not counted.
    func readDirectoryPlus(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem, Entry?) -> Bool
    ) throws(VFSError)
    func releaseDirectory(_ handle: UInt64)

    /// - Parameter flags: open(2)'s, O_TRUNC among them: the file is then emptied by this very call. O_CREAT and O_EXCL
    ///   never are.
    func open(_ inode: Inode, flags: Int32, _ context: CallContext) throws(VFSError) -> OpenedFile
    /// - Returns: The bytes copied; fewer than the buffer takes only at the end of the file.
    func read(
        _ handle: UInt64,
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        _ context: CallContext
    ) throws(VFSError) -> Int
    /// The last use of a handle is over: descriptors closed, mappings gone. Nobody waits for it, and when the connection
    /// is cut it may never come.
    func release(_ handle: UInt64)
    func linkTarget(of inode: Inode, _ context: CallContext) throws(VFSError) -> String

    func statistics() -> FileSystemStatistics

    func attribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) -> [UInt8]
    func attributeNames(of inode: Inode, _ context: CallContext) throws(VFSError) -> [String]
    /// The kernel holds the lock of the inode meanwhile: while this waits on a directory, nobody can look up, list or make
    /// names in it, and a notification about a name in it waits too. What waits long belongs on an inode of its own.
    func setAttribute(_ name: String, to value: [UInt8], of inode: Inode, _ context: CallContext) throws(VFSError)
    func removeAttribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError)
}
