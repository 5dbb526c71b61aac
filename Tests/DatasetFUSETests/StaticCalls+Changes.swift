internal import DatasetModel
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

/// Every change is noted with its values and succeeds, but for names that say how they fail.
extension StaticCalls {
    private func made(_ name: String) throws(VFSError) -> Entry {
        if name == "taken" { throw VFSError(errno: EEXIST) }
        return entry(Inode(7))
    }

    func create(_ name: String, in parent: Inode, permissions: UInt32, flags: Int32, _ context: CallContext)
        throws(VFSError) -> (entry: Entry, file: OpenedFile)
    {
        note("create \(name) \(String(permissions, radix: 8)) \(flags)")
        return (try made(name), OpenedFile(handle: 9, keepsCache: true, isDirect: false))
    }

    func makeFile(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        note("file \(name) \(String(permissions, radix: 8))")
        return try made(name)
    }

    func makeDirectory(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        note("directory \(name) \(String(permissions, radix: 8))")
        return try made(name)
    }

    func makeLink(_ name: String, to target: String, in parent: Inode, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        note("link \(name) \(target)")
        return try made(name)
    }

    func unlink(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) { note("unlink \(name)") }

    func removeDirectory(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) {
        throw VFSError(errno: ENOSYS)
    }

    func rename(
        _ name: String,
        in parent: Inode,
        to newName: String,
        in newParent: Inode,
        _ rule: RenameRule,
        _ context: CallContext
    ) throws(VFSError) { note("rename \(name) \(newName) \(newParent.rawValue) \(rule)") }

    func change(_ change: StatusChange, of inode: Inode, handle: UInt64?, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        note("change \(handle.map { "\($0)" } ?? "-") size \(change.size.map { "\($0)" } ?? "-")")
        return entry(inode)
    }

    func write(
        _ handle: UInt64,
        at offset: UInt64,
        _ bytes: UnsafeRawBufferPointer,
        appends: Bool,
        _ context: CallContext
    ) throws(VFSError) -> Int {
        note("write \(handle) \(offset) \(bytes.count)\(appends ? " appends" : "")")
        return bytes.count
    }

    func flush(_ handle: UInt64, _ context: CallContext) throws(VFSError) {
        note("flush \(handle) \(context.cancellation.deadline == .never ? "unlimited" : "limited")")
    }

    func synchronize(_ handle: UInt64, _ context: CallContext) throws(VFSError) {
        note("fsync \(handle) \(context.cancellation.deadline == .never ? "unlimited" : "limited")")
    }

    func synchronizeDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) {
        note("fsyncdir \(inode.rawValue) \(context.cancellation.deadline == .never ? "unlimited" : "limited")")
    }

    func allocate(_ handle: UInt64, _ range: ByteRange, _ mode: Allocation, _ context: CallContext) throws(VFSError) {
        note("allocate \(handle) \(range) \(mode)")
    }

    func seek(_ handle: UInt64, to target: SeekTarget, from offset: UInt64, _ context: CallContext)
        throws(VFSError) -> UInt64
    {
        offset + 1
    }

    func copy(
        from source: UInt64,
        at sourceOffset: UInt64,
        to target: UInt64,
        at targetOffset: UInt64,
        count: UInt64,
        _ context: CallContext
    ) throws(VFSError) -> UInt64 {
        note("copy \(source) \(sourceOffset) \(target) \(targetOffset) \(count)")
        return count
    }
}
