internal import DatasetFUSE
internal import DatasetModel
internal import DatasetSync
internal import DatasetVFS
internal import Glibc
internal import Synchronization

/// Answers without a tree behind them.
final class StaticCalls: FileSystemCalls {
    private let notes = Mutex<[String]>([])

    /// What was called, in order, with what it was called with.
    var calls: [String] { notes.withLock { $0 } }

    func note(_ text: String) {
        notes.withLock { $0.append(text) }
    }

    func entry(_ inode: Inode) -> Entry {
        let time = Timestamp(nanoseconds: 0)
        let status = FileStatus(
            inode: inode,
            kind: .regular,
            size: 1,
            permissions: 0o644,
            links: 1,
            owner: 0,
            group: 0,
            accessed: time,
            modified: time,
            changed: time
        )
        return Entry(status: status, lifetime: .seconds(30))
    }

    func lookup(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) -> LookupAnswer {
        switch name {
        case "there": .found(entry(Inode(7)))
        case "broken": throw VFSError(errno: EHOSTUNREACH)
        default: .absent(lifetime: .seconds(9))
        }
    }

    func forget(_ inode: Inode, count: UInt64) { note("forget \(inode.rawValue) \(count)") }
    func status(of inode: Inode, handle: UInt64?, _ context: CallContext) throws(VFSError) -> Entry { entry(inode) }
    func openDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) -> UInt64 { 1 }
    func readDirectory(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem) -> Bool
    ) throws(VFSError) {}
    func readDirectoryPlus(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem, Entry?) -> Bool
    ) throws(VFSError) {}
    func releaseDirectory(_ handle: UInt64) {}
    func open(_ inode: Inode, flags: Int32, _ context: CallContext) throws(VFSError) -> OpenedFile {
        OpenedFile(handle: 1, keepsCache: true, isDirect: false)
    }
    func read(
        _ handle: UInt64,
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        _ context: CallContext
    ) throws(VFSError) -> Int { 0 }
    func release(_ handle: UInt64) { note("release \(handle)") }
    func linkTarget(of inode: Inode, _ context: CallContext) throws(VFSError) -> String { throw .notFound }
    func statistics() -> FileSystemStatistics {
        FileSystemStatistics(blockSize: 1, blocks: 1, freeBlocks: 1, files: 1, freeFiles: 1, nameLimit: 255)
    }
    func attribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) -> [UInt8] { [] }
    func attributeNames(of inode: Inode, _ context: CallContext) throws(VFSError) -> [String] { [] }
    func setAttribute(
        _ name: String,
        to value: [UInt8],
        of inode: Inode,
        _ context: CallContext
    ) throws(VFSError) { note("set \(name) \(context.cancellation.deadline == .never ? "unlimited" : "limited")") }
    func removeAttribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) { throw .readOnly }
}
