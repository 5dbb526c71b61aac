internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// Opens a file; the version found now is what its reader sees to the end, unless it is changed through this mount.
    ///
    /// - Throws: ESTALE when the name went on to a new version under another number: the kernel looks the name up again.
    package func open(_ inode: Inode, flags: Int32, _ context: CallContext) throws(VFSError) -> OpenedFile {
        let writes = flags & O_ACCMODE != O_RDONLY
        let truncates = flags & O_TRUNC != 0
        if isControl(inode) { return try openControl(inode, writes: writes, truncates: truncates, context) }
        let path = path(of: inode.rawValue)
        return try recording("open", at: path) { () throws(VFSError) in
            if writes || truncates { try refuseInCollection(catalog.fact(inode.rawValue)) }
            let side = writes || truncates ? try writeSide() : nil
            let (fact, body, opening, file) = try found(inode, writes: writes, overwrites: truncates, context)
            let handle = FileHandle(
                inode: fact.inode,
                path: path,
                body: body,
                readAhead: ReadAhead(),
                file: file,
                writes: writes
            )
            let opened = OpenedFile(handle: files.insert(handle), keepsCache: opening == .keepsPages, isDirect: false)
            guard let side, truncates else { return opened }
            do throws(VFSError) {
                try truncate(handle, side)
            } catch {
                release(opened.handle)
                throw error
            }
            return opened
        }
    }

    /// What is to be opened, where its bytes are, and what is known of it from now on.
    ///
    /// All is looked for anew when it does not fit: what is on its way is published at any moment.
    ///
    /// - Parameter overwrites: Nothing of what is there is wanted: what a listing told will do while the store cannot be asked.
    private func found(_ inode: Inode, writes: Bool, overwrites: Bool, _ context: CallContext) throws(VFSError) -> (
        Fact, FileHandle.Body, InodeTable.Opening, OpenFile
    ) {
        for _ in 0..<10 {
            let fact = try current(inode, overwriting: overwrites, until: context.cancellation)
            guard let size = fact.size, let version = fact.version else {
                if overwrites, Version.told(fact) != nil {
                    guard let (opening, file) = try begin(fact, writes: writes) else { continue }
                    return (fact, .generated([]), opening, file)
                }
                throw VFSError(StoreError(.invalid, "“\(fact.name)” has no content that could be read"))
            }
            let body: FileHandle.Body
            do throws(VFSError) {
                body = try self.body(of: fact, size, version, context)
            } catch {
                guard version.isUnpublished || error.errno == ESTALE else { throw error }
                catalog.merging.withLock { _ in }
                continue
            }
            do throws(VFSError) {
                if let (opening, file) = try begin(fact, writes: writes) { return (fact, body, opening, file) }
            } catch {
                body.release(contents)
                throw error
            }
            body.release(contents)
        }
        throw .stale
    }

    /// Enters a file that was found among the open ones, provided that it still is what was found.
    ///
    /// - Returns: Nil when it is not: what was written here has just been published, say.
    private func begin(_ fact: Fact, writes: Bool) throws(VFSError) -> (InodeTable.Opening, OpenFile)? {
        func enter() -> (InodeTable.Opening, OpenFile)? {
            let opening = inodes.open(fact)
            guard opening != .refused else { return nil }
            return (opening, openFiles.acquire(fact.inode, writes: writes, place(of: fact)))
        }
        // Where nobody writes the file, nothing that is published changes what it is.
        let isWritten = writes || openFiles[fact.inode] != nil || fact.version?.isUnpublished == true
        guard writing != nil, isWritten else {
            if let entered = enter() { return entered }
            try setApart(fact)
        }
        return try catalog.merging.withLock { _ throws(VFSError) in
            let now = try catalog.local { () throws(CacheError) in try catalog.facts.fact(fact.inode) }
            // A listing may have left open which version it is; who has the file open knows.
            let isOther = now?.version.map { $0 != fact.version } ?? false
            if isOther || now.map({ $0.location != fact.location }) == true { return nil }
            // Written through this mount a moment ago: who has the number open goes along.
            if fact.version?.isUnpublished == true { inodes.follow(fact) }
            if let entered = enter() { return entered }
            _ = try catalog.setApart(fact, for: fact.version)
            throw .stale
        }
    }

    /// Somebody reads an older version under this number: the name gets one of its own.
    private func setApart(_ fact: Fact) throws(VFSError) -> Never {
        _ = try catalog.leaveToReaders(fact)
        throw .stale
    }

    /// O_TRUNC: nothing of what was there is fetched.
    private func truncate(_ handle: FileHandle, _ side: WriteSide) throws(VFSError) {
        guard let file = handle.file else { throw .badHandle }
        let draft = try file.draft { () throws(VFSError) in try newDraft(over: nil, side) }
        try ChangeTable.local { () throws(JournalError) in try draft.truncate(to: 0) }
        file.noteMade(at: Timestamp(nanoseconds: time.wallNanoseconds()))
    }

    /// Where the bytes of that version are.
    private func body(of fact: Fact, _ size: UInt64, _ version: Version, _ context: CallContext) throws(VFSError)
        -> FileHandle.Body
    {
        guard version.isUnpublished else {
            // Another thread may have learnt of a newer version just now: look the name up again.
            guard let node = try catalog.node(of: fact), node.version == version, node.size == size else {
                throw .stale
            }
            return .content(contents.acquire(node, size: size, version: version), size: size)
        }
        guard let side = writing, let change = side.changes.change(at: fact.location) else { throw .stale }
        guard let id = change.content else { return .generated([]) }
        guard Version.content(id) == version else { throw .stale }
        let content = try ChangeTable.local { () throws(JournalError) in try side.journal.content(id) }
        guard !content.missing.isEmpty else { return .local(content) }
        let rest = try catalog.remote { () throws(StoreError) in
            try side.publisher.settlement.base(of: content, until: context.cancellation)
        }
        return .local(CompletedContent(content, rest: rest))
    }

    /// - Returns: Bytes copied; fewer than asked for only at the end of the file.
    package func read(
        _ handle: UInt64,
        at offset: UInt64,
        into buffer: UnsafeMutableRawBufferPointer,
        _ context: CallContext
    ) throws(VFSError) -> Int {
        guard let file = files[handle] else { throw .badHandle }
        if let draft = control.draft(handle) { return unsafe draft.read(at: offset, into: buffer) }
        if let draft = file.file?.draft {
            return try recording("read", at: file.path) { () throws(VFSError) in
                try catalog.remote { () throws(StoreError) in
                    try unsafe draft.read(at: offset, into: buffer, until: context.cancellation)
                }
            }
        }
        switch file.body {
        case .local(let content):
            let range = ByteRange(offset: offset, count: UInt64(buffer.count)).clamped(to: content.size)
            guard !range.isEmpty else { return 0 }
            try recording("read", at: file.path) { () throws(VFSError) in
                try catalog.remote { () throws(StoreError) in
                    try unsafe content.read(
                        at: range.offset,
                        into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(range.count)]),
                        until: context.cancellation
                    )
                }
            }
            return Int(range.count)
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

    /// The last close: nothing is waited for. What was written after it, through a mapping, is kept and published behind.
    package func release(_ handle: UInt64) {
        guard let open = files.remove(handle) else { return }
        open.close()
        control.end(handle)
        if let file = open.file {
            if open.writes, let side = writing {
                do throws(VFSError) {
                    _ = try keep(file, side)
                } catch {
                    record(error, "release", at: open.path)
                }
            }
            openFiles.release(file, writes: open.writes)
            inodes.close(open.inode)
        }
        open.body.release(contents)
    }

    /// The store dropped the version that a reader holds: whoever opens the name next is to get the new one.
    private func lookAgain(_ file: FileHandle, until cancellation: Cancellation) {
        guard inodes.detached(file.inode) == nil, let fact = try? catalog.fact(file.inode) else { return }
        // The reader's error is told already; a failure here is heard by the next open.
        _ = try? catalog.refresh(fact, until: cancellation)
    }

    /// What is known of a file, asked for again when it is old; what is known stands when the store cannot be reached.
    private func current(_ inode: Inode, overwriting: Bool, until cancellation: Cancellation) throws(VFSError) -> Fact {
        // The name has gone on to another number.
        guard inodes.detached(inode.rawValue) == nil else { throw .stale }
        var known = try catalog.fact(inode.rawValue)
        if known.version?.isUnpublished == true, writing?.changes.change(at: known.location) == nil {
            // It has just been published, and the facts are about to tell.
            catalog.merging.withLock { _ in }
            known = try catalog.fact(inode.rawValue)
        }
        guard case .file = known.kind else { throw VFSError(errno: known.kind == .directory ? EISDIR : ELOOP) }
        let isComplete = known.size != nil && known.version != nil
        if isComplete, !catalog.isOld(known.knownAt) { return known }
        let fresh: Fact
        do throws(VFSError) {
            fresh = try catalog.refresh(known, until: cancellation)
        } catch {
            let isEnough = isComplete || overwriting && Version.told(known) != nil
            guard isEnough, error.cause?.code.isConnectivity == true else { throw error }
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
