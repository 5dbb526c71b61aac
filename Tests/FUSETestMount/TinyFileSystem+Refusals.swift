import DatasetFUSE
import DatasetModel
import DatasetVFS
import Glibc

/// The tiny tree stays as it is.
extension TinyFileSystem {
    func create(_ name: String, in parent: Inode, permissions: UInt32, flags: Int32, _ context: CallContext)
        throws(VFSError) -> (entry: Entry, file: OpenedFile)
    { throw .readOnly }

    func makeFile(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    { throw .readOnly }

    func makeDirectory(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    { throw .readOnly }

    func makeLink(_ name: String, to target: String, in parent: Inode, _ context: CallContext)
        throws(VFSError) -> Entry
    { throw .readOnly }

    func unlink(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) { throw .readOnly }

    func removeDirectory(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) { throw .readOnly }

    func rename(
        _ name: String,
        in parent: Inode,
        to newName: String,
        in newParent: Inode,
        _ rule: RenameRule,
        _ context: CallContext
    ) throws(VFSError) { throw .readOnly }

    func change(_ change: StatusChange, of inode: Inode, handle: UInt64?, _ context: CallContext)
        throws(VFSError) -> Entry
    { throw .readOnly }

    func write(
        _ handle: UInt64,
        at offset: UInt64,
        _ bytes: UnsafeRawBufferPointer,
        appends: Bool,
        _ context: CallContext
    ) throws(VFSError) -> Int { throw .readOnly }

    func flush(_ handle: UInt64, _ context: CallContext) throws(VFSError) {}
    func synchronize(_ handle: UInt64, _ context: CallContext) throws(VFSError) {}
    func synchronizeDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) {}

    func allocate(_ handle: UInt64, _ range: ByteRange, _ mode: Allocation, _ context: CallContext) throws(VFSError) {
        throw .readOnly
    }

    /// All data.
    func seek(_ handle: UInt64, to target: SeekTarget, from offset: UInt64, _ context: CallContext)
        throws(VFSError) -> UInt64
    {
        let size = try tree.node(Inode(handle)).size
        guard offset < size else { throw VFSError(errno: ENXIO) }
        return target == .data ? offset : size
    }

    func copy(
        from source: UInt64,
        at sourceOffset: UInt64,
        to target: UInt64,
        at targetOffset: UInt64,
        count: UInt64,
        _ context: CallContext
    ) throws(VFSError) -> UInt64 { throw .readOnly }
}
