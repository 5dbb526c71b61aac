import DatasetFUSE
import DatasetModel
import DatasetSync
import DatasetVFS
import Glibc
import Synchronization

/// The tiny tree as the kernel side asks for it, with counters for what must balance.
final class TinyFileSystem: FileSystemCalls {
    struct Counters: Sendable {
        var lookups: [Inode: UInt64] = [:]
        var handles = 0
        var interrupted = 0
        var statuses = 0
    }

    let tree: TinyTree
    /// How `readdirplus` sends names: bare, or with what is known of each.
    let isBare: Bool
    let keepsCache: Bool
    let counters = Mutex(Counters())
    let changes = TinyChanges()
    private let attributes = Mutex<[Inode: [String: [UInt8]]]>([:])

    init(_ tree: TinyTree, isBare: Bool, keepsCache: Bool) {
        self.tree = tree
        self.isBare = isBare
        self.keepsCache = keepsCache
    }

    /// What a test reads from the file `statistics`; that file and the root are not counted.
    var report: String {
        counters.withLock { counters in
            let lookups = counters.lookups.filter { (try? !isStatistics($0.key)) ?? false }.values.reduce(0, +)
            return "lookups \(lookups) handles \(counters.handles) interrupted \(counters.interrupted) "
                + "statuses \(counters.statuses)\n"
        }
    }

    private func isStatistics(_ inode: Inode) throws(VFSError) -> Bool {
        if case .file(.statistics) = try tree.node(inode).kind { true } else { false }
    }

    private func count(_ inode: Inode, by step: Int64) {
        counters.withLock { counters in
            let sum = Int64(counters.lookups[inode] ?? 0) + step
            counters.lookups[inode] = sum == 0 ? nil : UInt64(sum)
        }
    }

    func lookup(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) -> LookupAnswer {
        guard case .directory(let names) = try tree.node(parent).kind else { throw VFSError(errno: ENOTDIR) }
        let wideIndex = name.hasPrefix("file-") ? Int(name.dropFirst(5).dropLast(4)) : nil
        let found =
            wideIndex.flatMap { names.indices.contains($0) ? names[$0] : nil } ?? names.first { $0.name == name }
        guard let found, found.name == name, !changes.isGone(found.inode) else {
            return .absent(lifetime: .seconds(3600))
        }
        count(found.inode, by: 1)
        return .found(try entry(found.inode))
    }

    func forget(_ inode: Inode, count number: UInt64) {
        count(inode, by: -Int64(number))
    }

    func status(of inode: Inode, handle: UInt64?, _ context: CallContext) throws(VFSError) -> Entry {
        counters.withLock { $0.statuses += 1 }
        return try entry(inode)
    }

    private func entry(_ inode: Inode) throws(VFSError) -> Entry {
        var entry = try tree.entry(inode)
        if let bytes = changes.content(of: inode) { entry.status.size = UInt64(bytes.count) }
        return entry
    }

    func openDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) -> UInt64 {
        counters.withLock { $0.handles += 1 }
        return inode.rawValue
    }

    func readDirectory(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem) -> Bool
    ) throws(VFSError) {
        for item in try items(handle, from: offset) {
            guard emit(item) else { return }
        }
    }

    func readDirectoryPlus(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem, Entry?) -> Bool
    ) throws(VFSError) {
        for item in try items(handle, from: offset) {
            if isBare || item.name == "." || item.name == ".." {
                guard emit(item, nil) else { return }
                continue
            }
            count(item.inode, by: 1)
            guard emit(item, try entry(item.inode)) else {
                count(item.inode, by: -1)
                return
            }
        }
    }

    private func items(_ handle: UInt64, from offset: UInt64) throws(VFSError) -> some Sequence<DirectoryItem> {
        guard case .directory(let names) = try tree.node(Inode(handle)).kind else { throw .badHandle }
        let all = [(name: ".", inode: Inode(handle)), (name: "..", inode: Inode.root)] + names
        return all.indices.dropFirst(Int(offset)).lazy.map { [tree] index in
            let kind = (try? tree.node(all[index].inode))?.fileKind ?? .regular
            return DirectoryItem(
                inode: all[index].inode,
                kind: kind,
                name: all[index].name,
                offset: UInt64(index) + 1
            )
        }
    }

    func releaseDirectory(_ handle: UInt64) {
        counters.withLock { $0.handles -= 1 }
    }

    func open(_ inode: Inode, flags: Int32, _ context: CallContext) throws(VFSError) -> OpenedFile {
        guard flags & O_ACCMODE == O_RDONLY else { throw .readOnly }
        let isDirect = try tree.node(inode).isDirect
        counters.withLock { $0.handles += 1 }
        return OpenedFile(handle: inode.rawValue, keepsCache: keepsCache, isDirect: isDirect)
    }

    func release(_ handle: UInt64) {
        counters.withLock { $0.handles -= 1 }
    }

    func linkTarget(of inode: Inode, _ context: CallContext) throws(VFSError) -> String {
        guard case .link(let target) = try tree.node(inode).kind else { throw VFSError(errno: EINVAL) }
        return target
    }

    func statistics() -> FileSystemStatistics {
        FileSystemStatistics(
            blockSize: 4096,
            blocks: 1000,
            freeBlocks: 0,
            files: UInt64(tree.nodes.count),
            freeFiles: 0,
            nameLimit: 255
        )
    }

    func attribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) -> [UInt8] {
        guard let value = try values(of: inode)[name] else { throw .noData }
        return value
    }

    func attributeNames(of inode: Inode, _ context: CallContext) throws(VFSError) -> [String] {
        try values(of: inode).keys.sorted()
    }

    func setAttribute(
        _ name: String,
        to value: [UInt8],
        of inode: Inode,
        _ context: CallContext
    ) throws(VFSError) {
        var values = try values(of: inode)
        values[name] = value
        attributes.withLock { $0[inode] = values }
        changes.apply(name, value, to: inode)
    }

    func removeAttribute(_ name: String, of inode: Inode, _ context: CallContext) throws(VFSError) {
        var values = try values(of: inode)
        guard values.removeValue(forKey: name) != nil else { throw .noData }
        attributes.withLock { $0[inode] = values }
    }

    private func values(of inode: Inode) throws(VFSError) -> [String: [UInt8]] {
        let node = try tree.node(inode)
        return attributes.withLock { $0[inode] } ?? node.attributes
    }
}
