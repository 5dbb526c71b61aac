import DatasetFUSE
import DatasetModel
import DatasetSync
import DatasetVFS
import Glibc

/// The tree in memory as the kernel side asks for it, with a record of the calls.
final class MemoryFileSystem: FileSystemCalls {
    struct Handle: Sendable {
        var inode: Inode
        var flags: Int32
    }

    struct State: Sendable {
        var tree = MemoryTree()
        var handles: [UInt64: Handle] = [:]
        var lastHandle: UInt64 = 0
        var record: [String] = []
        /// What waits just now, by what it waits for.
        var held: [String: Int] = [:]

        mutating func open(_ inode: Inode, _ flags: Int32) throws(VFSError) -> UInt64 {
            try tree.update(inode) { $0.opens += 1 }
            lastHandle += 1
            handles[lastHandle] = Handle(inode: inode, flags: flags)
            return lastHandle
        }

        func handle(_ number: UInt64) throws(VFSError) -> Handle {
            guard let handle = handles[number] else { throw .badHandle }
            return handle
        }

        mutating func close(_ number: UInt64) {
            guard let handle = handles.removeValue(forKey: number) else { return }
            try? tree.update(handle.inode) { $0.opens -= 1 }
            tree.dropIfUnused(handle.inode)
        }

        mutating func note(_ call: String, _ inode: Inode, _ details: String = "") {
            let name = (try? tree.node(inode).name) ?? "?"
            record.append("\(call) \(name)\(details.isEmpty ? "" : " ")\(details)")
            if record.count > 400 { record.removeFirst(200) }
        }
    }

    let state = Monitor(State())

    var report: String { state.withLock { Self.report($0) } }

    /// What must be zero when nothing is in use, lookups and handles; and how many nodes there are.
    static func report(_ state: State) -> String {
        let lookups = state.tree.nodes.values.reduce(0) { $0 + $1.lookups }
        return "lookups \(lookups) handles \(state.handles.count) nodes \(state.tree.nodes.count)"
    }

    func lookup(_ name: String, in parent: Inode, _ context: CallContext) throws(VFSError) -> LookupAnswer {
        try state.withLock { state throws(VFSError) in
            guard let child = try state.tree.node(parent).children[name] else {
                return .absent(lifetime: .seconds(3600))
            }
            try state.tree.update(child.inode) { $0.lookups += 1 }
            return .found(try state.tree.entry(child.inode))
        }
    }

    func forget(_ inode: Inode, count: UInt64) {
        state.withLock { state in
            // The root is never looked up and may be forgotten all the same.
            try? state.tree.update(inode) { $0.lookups -= min($0.lookups, count) }
            state.tree.dropIfUnused(inode)
        }
    }

    func status(of inode: Inode, handle: UInt64?, _ context: CallContext) throws(VFSError) -> Entry {
        try state.withLock { state throws(VFSError) in try state.tree.entry(inode) }
    }

    func openDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) -> UInt64 {
        try state.withLock { state throws(VFSError) in try state.open(inode, O_RDONLY) }
    }

    func readDirectory(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem) -> Bool
    ) throws(VFSError) {
        for (item, _) in try items(handle, from: offset) {
            guard emit(item) else { return }
        }
    }

    func readDirectoryPlus(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem, Entry?) -> Bool
    ) throws(VFSError) {
        for (item, entry) in try items(handle, from: offset) {
            guard let entry else {
                guard emit(item, nil) else { return }
                continue
            }
            state.withLock { state in try? state.tree.update(item.inode) { $0.lookups += 1 } }
            guard emit(item, entry) else {
                forget(item.inode, count: 1)
                return
            }
        }
    }

    private func items(_ handle: UInt64, from offset: UInt64) throws(VFSError) -> [(DirectoryItem, Entry?)] {
        try state.withLock { state throws(VFSError) in
            let inode = try state.handle(handle).inode
            var items: [(DirectoryItem, Entry?)] = []
            for (number, name) in [".", ".."].enumerated() where offset <= number {
                let item = DirectoryItem(inode: inode, kind: .directory, name: name, offset: UInt64(number) + 1)
                items.append((item, nil))
            }
            let children = try state.tree.node(inode).children.filter { $0.value.offset > offset }
            for (name, place) in children.sorted(by: { $0.value.offset < $1.value.offset }) {
                let entry = try state.tree.entry(place.inode)
                let kind = entry.status.kind
                items.append((DirectoryItem(inode: place.inode, kind: kind, name: name, offset: place.offset), entry))
            }
            return items
        }
    }

    func releaseDirectory(_ handle: UInt64) {
        state.withLock { $0.close(handle) }
    }

    func linkTarget(of inode: Inode, _ context: CallContext) throws(VFSError) -> String {
        try state.withLock { state throws(VFSError) in try state.tree.node(inode).target }
    }

    func statistics() -> FileSystemStatistics {
        FileSystemStatistics(
            blockSize: 4096,
            blocks: 1 << 20,
            freeBlocks: 1 << 19,
            files: 1,
            freeFiles: 1 << 20,
            nameLimit: 255
        )
    }
}
