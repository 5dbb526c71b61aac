import DatasetFUSE
import DatasetModel
import DatasetSync
import DatasetVFS
import Glibc

extension MemoryFileSystem {
    func create(_ name: String, in parent: Inode, permissions: UInt32, flags: Int32, _ context: CallContext)
        throws(VFSError) -> (entry: Entry, file: OpenedFile)
    {
        try state.withLock { state throws(VFSError) in
            let entry = try Self.add(name, in: parent, .regular, permissions, &state, context)
            let handle = try state.open(entry.status.inode, flags)
            state.note("create", entry.status.inode, String(permissions, radix: 8))
            return (entry, OpenedFile(handle: handle, keepsCache: true, isDirect: false))
        }
    }

    func makeFile(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        try state.withLock { state throws(VFSError) in
            try Self.add(name, in: parent, .regular, permissions, &state, context)
        }
    }

    func makeDirectory(_ name: String, in parent: Inode, permissions: UInt32, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        try hold("mkdir", parent, context)
        return try state.withLock { state throws(VFSError) in
            try Self.add(name, in: parent, .directory, permissions, &state, context)
        }
    }

    func makeLink(_ name: String, to target: String, in parent: Inode, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        try state.withLock { state throws(VFSError) in
            let inode = try Self.add(name, in: parent, .symbolicLink, 0o777, &state, context).status.inode
            try state.tree.update(inode) { $0.target = target }
            return try state.tree.entry(inode)
        }
    }

    private static func add(
        _ name: String,
        in parent: Inode,
        _ kind: FileKind,
        _ permissions: UInt32,
        _ state: inout State,
        _ context: CallContext
    ) throws(VFSError) -> Entry {
        let inode = try state.tree.add(name, in: parent, kind, permissions, context)
        try state.tree.update(inode) { $0.lookups += 1 }
        return try state.tree.entry(inode)
    }

    func unlink(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) {
        try state.withLock { state throws(VFSError) in
            let inode = try state.tree.child(name, of: parent)
            guard try !state.tree.isDirectory(inode) else { throw VFSError(errno: EISDIR) }
            state.note("unlink", inode)
            try state.tree.remove(name, from: parent)
        }
    }

    func removeDirectory(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) {
        try state.withLock { state throws(VFSError) in
            let inode = try state.tree.child(name, of: parent)
            guard try state.tree.isDirectory(inode) else { throw VFSError(errno: ENOTDIR) }
            guard try state.tree.node(inode).children.isEmpty else { throw VFSError(errno: ENOTEMPTY) }
            try state.tree.remove(name, from: parent)
        }
    }

    func rename(
        _ name: String,
        in parent: Inode,
        to newName: String,
        in newParent: Inode,
        _ rule: RenameRule,
        _ context: CallContext
    ) throws(VFSError) {
        try state.withLock { state throws(VFSError) in
            let inode = try state.tree.child(name, of: parent)
            state.note("rename", inode, "\(newName) \(rule)")
            let target = try state.tree.node(newParent).children[newName]?.inode
            guard target != inode else { return }
            switch (rule, target) {
            case (.mustBeFree, .some):
                throw VFSError(errno: EEXIST)
            case (.exchanges, nil):
                throw .notFound
            case (.exchanges, .some(let target)):
                try state.tree.attach(target, name, to: parent)
            case (.replaces, .some(let target)):
                guard try state.tree.node(target).children.isEmpty else { throw VFSError(errno: ENOTEMPTY) }
                try state.tree.remove(newName, from: newParent)
                try state.tree.detach(name, from: parent)
            case (.replaces, nil), (.mustBeFree, nil):
                try state.tree.detach(name, from: parent)
            }
            try state.tree.attach(inode, newName, to: newParent)
        }
    }

    func change(_ change: StatusChange, of inode: Inode, handle: UInt64?, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        try state.withLock { state throws(VFSError) in
            state.note("change", inode, change.size.map { "size \($0)\(handle == nil ? "" : " by handle")" } ?? "")
            if let size = change.size {
                try state.tree.update(inode) { $0.content.resize(to: size) }
                try state.tree.touch(inode)
            }
            let now = Timestamp(nanoseconds: SystemTime().wallNanoseconds())
            func time(_ moment: StatusChange.Moment) -> Timestamp {
                if case .at(let time) = moment { time } else { now }
            }
            try state.tree.update(inode) { node in
                if let permissions = change.permissions { node.status.permissions = permissions }
                if let owner = change.owner { node.status.owner = owner }
                if let group = change.group { node.status.group = group }
                if let accessed = change.accessed { node.status.accessed = time(accessed) }
                if let modified = change.modified { node.status.modified = time(modified) }
                node.status.changed = now
            }
            return try state.tree.entry(inode)
        }
    }
}
