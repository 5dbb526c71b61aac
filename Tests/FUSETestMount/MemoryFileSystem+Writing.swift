import DatasetFUSE
import DatasetModel
import DatasetSync
import DatasetVFS
import Glibc

extension MemoryFileSystem {
    func open(_ inode: Inode, flags: Int32, _ context: CallContext) throws(VFSError) -> OpenedFile {
        try state.withLock { state throws(VFSError) in
            let handle = try state.open(inode, flags)
            state.note("open", inode, flags & O_TRUNC == 0 ? "" : "trunc")
            if flags & O_TRUNC != 0 {
                try state.tree.update(inode) { $0.content.resize(to: 0) }
                try state.tree.touch(inode)
            }
            return OpenedFile(handle: handle, keepsCache: true, isDirect: false)
        }
    }

    func release(_ handle: UInt64) {
        state.update { state in
            if let inode = try? state.handle(handle).inode { state.note("release", inode) }
            state.close(handle)
        }
    }

    func read(
        _ handle: UInt64,
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        _ context: CallContext
    ) throws(VFSError) -> Int {
        try state.withLock { state throws(VFSError) in
            let inode = try state.handle(handle).inode
            state.note("read", inode, "\(offset)+\(buffer.count)")
            return try unsafe state.tree.node(inode).content.read(at: offset, into: buffer)
        }
    }

    func write(
        _ handle: UInt64,
        at offset: UInt64,
        _ bytes: UnsafeRawBufferPointer,
        appends: Bool,
        _ context: CallContext
    ) throws(VFSError) -> Int {
        try check("write", handle)
        return try state.withLock { state throws(VFSError) in
            let file = try state.handle(handle)
            guard file.flags & O_ACCMODE != O_RDONLY else { throw .badHandle }
            state.note("write", file.inode, "\(offset)+\(bytes.count)\(appends ? " appends" : "")")
            try state.tree.update(file.inode) { node in
                unsafe node.content.write(bytes, at: appends ? node.content.size : offset)
            }
            try state.tree.touch(file.inode)
            return bytes.count
        }
    }

    func flush(_ handle: UInt64, _ context: CallContext) throws(VFSError) {
        try finish("flush", handle, context)
    }

    func synchronize(_ handle: UInt64, _ context: CallContext) throws(VFSError) {
        try finish("fsync", handle, context)
    }

    private func finish(_ call: String, _ handle: UInt64, _ context: CallContext) throws(VFSError) {
        let inode = try state.withLock { state throws(VFSError) in
            let inode = try state.handle(handle).inode
            state.note(call, inode)
            return inode
        }
        try hold(call, inode, context)
        try check(call, handle)
    }

    func synchronizeDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) {
        state.withLock { $0.note("fsyncdir", inode) }
    }

    func allocate(_ handle: UInt64, _ range: ByteRange, _ mode: Allocation, _ context: CallContext) throws(VFSError) {
        try state.withLock { state throws(VFSError) in
            let inode = try state.handle(handle).inode
            try state.tree.update(inode) { node in
                switch mode {
                case .keepsSize: break
                case .grows: node.content.resize(to: max(node.content.size, range.end))
                case .punchesHole, .zeroes(keepsSize: true): node.content.clear(range)
                case .zeroes(keepsSize: false):
                    node.content.clear(range)
                    node.content.resize(to: max(node.content.size, range.end))
                }
            }
            try state.tree.touch(inode)
        }
    }

    func seek(_ handle: UInt64, to target: SeekTarget, from offset: UInt64, _ context: CallContext)
        throws(VFSError) -> UInt64
    {
        try state.withLock { state throws(VFSError) in
            let content = try state.tree.node(state.handle(handle).inode).content
            guard offset < content.size, let found = content.next(target, from: offset) else {
                throw VFSError(errno: ENXIO)
            }
            return found
        }
    }

    func copy(
        from source: UInt64,
        at sourceOffset: UInt64,
        to target: UInt64,
        at targetOffset: UInt64,
        count: UInt64,
        _ context: CallContext
    ) throws(VFSError) -> UInt64 {
        try state.withLock { state throws(VFSError) in
            let sourceInode = try state.handle(source).inode
            let targetInode = try state.handle(target).inode
            state.note("copy", sourceInode, "\(count)")
            let content = try state.tree.node(sourceInode).content
            let range = ByteRange(offset: sourceOffset, count: count).clamped(to: content.size)
            var bytes = [UInt8](repeating: 0, count: Int(range.count))
            _ = unsafe bytes.withUnsafeMutableBytes { unsafe content.read(at: range.offset, into: $0) }
            try state.tree.update(targetInode) { $0.content.write(bytes, at: targetOffset) }
            try state.tree.touch(targetInode)
            return range.count
        }
    }
}
