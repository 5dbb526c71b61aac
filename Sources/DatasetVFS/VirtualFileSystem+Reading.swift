internal import DatasetCache
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// Opens a file for reading; the version found now is what its reader sees to the end.
    ///
    /// - Throws: ESTALE when the name went on to a new version under another number: the kernel looks the name up again.
    package func open(_ inode: Inode, flags: Int32, _ context: CallContext) throws(VFSError) -> OpenedFile {
        if flags & O_ACCMODE != O_RDONLY || flags & O_TRUNC != 0 {
            throw refuseChange(of: inode, context)
        }
        if let handle = try openControlFile(inode) {
            return OpenedFile(handle: files.insert(handle), keepsCache: false, isDirect: true)
        }
        let path = path(of: inode.rawValue)
        return try recording("open", at: path) { () throws(VFSError) in
            let fact = try current(inode, until: context.cancellation)
            guard let size = fact.size, let version = fact.version else {
                throw VFSError(StoreError(.invalid, "“\(fact.name)” has no content that could be read"))
            }
            // Another thread may have learnt of a newer version just now: look the name up again.
            guard let node = try catalog.node(of: fact), node.version == version, node.size == size else {
                throw .stale
            }
            let opening = inodes.open(fact)
            guard opening != .refused else {
                // Somebody reads an older version under this number: the name gets one of its own.
                _ = try catalog.leaveToReaders(fact, for: version)
                throw .stale
            }
            let content = contents.acquire(node, size: size, version: version)
            let handle = FileHandle(
                inode: fact.inode,
                path: path,
                body: .content(content, size: size),
                readAhead: ReadAhead()
            )
            return OpenedFile(handle: files.insert(handle), keepsCache: opening == .keepsPages, isDirect: false)
        }
    }

    /// - Returns: Bytes copied; fewer than asked for only at the end of the file.
    package func read(
        _ handle: UInt64,
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        _ context: CallContext
    ) throws(VFSError) -> Int {
        guard let file = files[handle] else { throw .badHandle }
        switch file.body {
        case .generated(let bytes):
            let start = Int(min(offset, UInt64(bytes.count)))
            let count = min(buffer.count, bytes.count - start)
            unsafe buffer.copyBytes(from: bytes[start..<start + count])
            return count
        case .content(let content, let size):
            let range = ByteRange(offset: offset, count: UInt64(buffer.count)).clamped(to: size)
            guard !range.isEmpty else { return 0 }
            file.prefetch(beyond: range, of: content, size: size, on: prefetchers, within: options.backgroundDeadline)
            do throws(StoreError) {
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(range.count)])
                try unsafe content.read(at: range.offset, into: target, until: context.cancellation)
            } catch {
                let failure = VFSError(error)
                record(failure, "read", at: file.path)
                if error.code == .versionGone { lookAgain(file, until: context.cancellation) }
                throw failure
            }
            return Int(range.count)
        }
    }

    package func release(_ handle: UInt64) {
        guard let file = files.remove(handle) else { return }
        file.close()
        guard case .content(let content, _) = file.body else { return }
        contents.release(content)
        inodes.close(file.inode)
    }

    /// What every change is answered while the mount is read-only.
    package func refuseChange(of inode: Inode, _ context: CallContext) -> VFSError {
        .readOnly
    }

    /// The store dropped the version that a reader holds: whoever opens the name next is to get the new one.
    private func lookAgain(_ file: FileHandle, until cancellation: Cancellation) {
        guard inodes.detached(file.inode) == nil, let fact = try? catalog.fact(file.inode) else { return }
        // The reader's error is told already; a failure here is heard by the next open.
        _ = try? catalog.refresh(fact, until: cancellation)
    }

    /// What is known of a file, asked for again when it is old; what is known stands when the store cannot be reached.
    private func current(_ inode: Inode, until cancellation: Cancellation) throws(VFSError) -> Fact {
        // The name has gone on to another number.
        guard inodes.detached(inode.rawValue) == nil else { throw .stale }
        let known = try catalog.fact(inode.rawValue)
        guard case .file = known.kind else { throw VFSError(errno: known.kind == .directory ? EISDIR : ELOOP) }
        let isComplete = known.size != nil && known.version != nil
        if isComplete, !catalog.isOld(known.knownAt) { return known }
        let fresh: Fact
        do throws(VFSError) {
            fresh = try catalog.refresh(known, until: cancellation)
        } catch {
            guard isComplete, error.cause?.code.isConnectivity == true else { throw error }
            record(error, "revalidate", at: path(of: inode.rawValue))
            return known
        }
        guard fresh.inode == inode.rawValue, fresh.kind == .file else { throw .stale }
        return fresh
    }

    package func statistics() -> FileSystemStatistics {
        // Local by design: neither the store nor the network is asked. The numbers are the cache disk's room.
        let disk = DiskRoom(of: cacheDirectory)
        return FileSystemStatistics(
            blockSize: 4096,
            blocks: disk.total / 4096,
            freeBlocks: disk.free / 4096,
            files: UInt64(inodes.count),
            freeFiles: UInt64(UInt32.max),
            nameLimit: UInt64(TreeName.limit)
        )
    }
}
