import DatasetModel
import DatasetSync
import DatasetVFS
import Glibc

/// What stands at one number of the tree in memory.
struct MemoryNode: Sendable {
    var status: FileStatus
    /// What it was called last, for the record of calls.
    var name: String
    var content = SparseBytes()
    var target = ""
    var children: [String: (inode: Inode, offset: UInt64)] = [:]
    var attributes: [String: [UInt8]] = [:]
    var lookups: UInt64 = 0
    var opens = 0
}

/// A tree that can be written, as POSIX says, in memory; one lock around it is its owner's.
struct MemoryTree: Sendable {
    private(set) var nodes: [Inode: MemoryNode] = [:]
    private var lastInode = Inode.root.rawValue
    private var lastOffset: UInt64 = 2

    init() {
        nodes[.root] = Self.fresh(.root, .directory, 0o777, "/", CallContext(cancellation: Cancellation()))
    }

    private static func fresh(
        _ inode: Inode,
        _ kind: FileKind,
        _ permissions: UInt32,
        _ name: String,
        _ context: CallContext
    ) -> MemoryNode {
        let now = Timestamp(nanoseconds: SystemTime().wallNanoseconds())
        let status = FileStatus(
            inode: inode,
            kind: kind,
            size: 0,
            permissions: permissions,
            links: kind == .directory ? 2 : 1,
            owner: context.user,
            group: context.group,
            accessed: now,
            modified: now,
            changed: now
        )
        return MemoryNode(status: status, name: name)
    }

    func node(_ inode: Inode) throws(VFSError) -> MemoryNode {
        guard let node = nodes[inode] else { throw .stale }
        return node
    }

    /// Changes a node in its place, so that content is not copied.
    mutating func update<Answer>(
        _ inode: Inode,
        _ body: (inout MemoryNode) throws(VFSError) -> Answer
    ) throws(VFSError) -> Answer {
        guard nodes[inode] != nil else { throw .stale }
        return try body(
            &nodes[inode, default: Self.fresh(inode, .regular, 0, "", CallContext(cancellation: Cancellation()))]
        )
    }

    func child(_ name: String, of parent: Inode) throws(VFSError) -> Inode {
        guard let found = try node(parent).children[name] else { throw .notFound }
        return found.inode
    }

    func entry(_ inode: Inode) throws(VFSError) -> Entry {
        let node = try node(inode)
        var status = node.status
        switch status.kind {
        case .directory: break
        case .regular: status.size = node.content.size
        case .symbolicLink: status.size = UInt64(node.target.utf8.count)
        }
        // Long: what the kernel does not learn by its own calls it does not learn.
        return Entry(status: status, lifetime: .seconds(3600))
    }

    mutating func add(
        _ name: String,
        in parent: Inode,
        _ kind: FileKind,
        _ permissions: UInt32,
        _ context: CallContext
    ) throws(VFSError) -> Inode {
        guard try node(parent).children[name] == nil else { throw VFSError(errno: EEXIST) }
        lastInode += 1
        let inode = Inode(lastInode)
        nodes[inode] = Self.fresh(inode, kind, permissions, name, context)
        try attach(inode, name, to: parent)
        return inode
    }

    mutating func attach(_ inode: Inode, _ name: String, to parent: Inode) throws(VFSError) {
        lastOffset += 1
        let offset = lastOffset
        try update(parent) { $0.children[name] = (inode, offset) }
        try update(inode) { $0.name = name }
        try touch(parent)
    }

    mutating func detach(_ name: String, from parent: Inode) throws(VFSError) {
        try update(parent) { $0.children[name] = nil }
        try touch(parent)
    }

    /// Takes a name and what it names away; who uses it goes on.
    mutating func remove(_ name: String, from parent: Inode) throws(VFSError) {
        let inode = try child(name, of: parent)
        try detach(name, from: parent)
        try update(inode) { $0.status.links = 0 }
        dropIfUnused(inode)
    }

    mutating func dropIfUnused(_ inode: Inode) {
        guard let node = nodes[inode], node.status.links == 0, node.lookups == 0, node.opens == 0 else { return }
        nodes[inode] = nil
    }

    /// The content changed, or the names in a directory.
    mutating func touch(_ inode: Inode) throws(VFSError) {
        let now = Timestamp(nanoseconds: SystemTime().wallNanoseconds())
        try update(inode) {
            $0.status.modified = now
            $0.status.changed = now
        }
    }

    func isDirectory(_ inode: Inode) throws(VFSError) -> Bool { try node(inode).status.kind == .directory }
}
