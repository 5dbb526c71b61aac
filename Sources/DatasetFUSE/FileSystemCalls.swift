package import DatasetVFS

/// What the kernel side asks of a file system: plain values in, plain values out, on whatever thread a request came.
///
/// Lookup counts are the callee's: whatever it hands out as an ``Entry`` (by ``lookup(_:in:_:)`` or through `emit`) it
/// has counted before, and ``forget(_:count:)`` takes back. Names it hands out are 1 to 255 bytes without `/` and NUL.
package protocol FileSystemCalls: Sendable {
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

    func open(_ inode: Inode, flags: Int32, _ context: CallContext) throws(VFSError) -> OpenedFile
    /// - Returns: The bytes copied; fewer than the buffer takes only at the end of the file.
    func read(
        _ handle: UInt64,
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        _ context: CallContext
    ) throws(VFSError) -> Int
    func release(_ handle: UInt64)
    func linkTarget(of inode: Inode, _ context: CallContext) throws(VFSError) -> String

    func statistics() -> FileSystemStatistics

    func attribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) -> [UInt8]
    func attributeNames(of inode: Inode, _ context: CallContext) throws(VFSError) -> [String]
    func setAttribute(_ name: String, to value: [UInt8], of inode: Inode, _ context: CallContext) throws(VFSError)
    func removeAttribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError)

    /// What a call that would change `inode` is answered while nothing can be changed.
    func refuseChange(of inode: Inode, _ context: CallContext) -> VFSError
}
