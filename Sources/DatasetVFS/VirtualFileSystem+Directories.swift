internal import DatasetCache
internal import DatasetModel
internal import DatasetSync
internal import Glibc

extension VirtualFileSystem {
    /// Opens a directory, which never waits: `df` and shells do it without wanting to read any name.
    package func openDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) -> UInt64 {
        if isControl(inode) { return try openControlDirectory(inode, context) }
        return try recording("list", at: path(of: inode.rawValue)) { () throws(VFSError) in
            let fact = try catalog.fact(inode.rawValue)
            guard fact.kind == .directory else { throw VFSError(errno: ENOTDIR) }
            return directories.insert(
                DirectoryHandle(directory: fact.inode, parent: max(fact.parent, Inode.root.rawValue))
            )
        }
    }

    package func releaseDirectory(_ handle: UInt64) {
        _ = directories.remove(handle)
        control.close(handle)
    }

    /// Names only; no lookup is counted.
    package func readDirectory(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem) -> Bool
    ) throws(VFSError) {
        try walk(handle, from: offset, context) { item, _ in emit(item) }
    }

    /// Names with what `stat` shows, each counted as a lookup; a name whose size is not known goes out bare.
    package func readDirectoryPlus(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem, Entry?) -> Bool
    ) throws(VFSError) {
        try walk(handle, from: offset, context) { item, fact in
            guard let fact, isComplete(fact) else { return emit(item, nil) }
            inodes.remember(fact.inode)
            let entry = Entry(status: status(of: fact), lifetime: options.lifetime)
            if emit(item, entry) { return true }
            inodes.forget(fact.inode, count: 1)
            return false
        }
    }

    /// Its size is known, and the number's readers, if any, see the same.
    private func isComplete(_ fact: Fact) -> Bool {
        guard case .file = fact.kind else { return true }
        return fact.size != nil && !inodes.isRead(fact.inode, otherThan: fact.version)
    }

    /// Sees to it that the names are known, when they are first wanted and at each reading from the beginning.
    private func ensureListing(
        _ handle: DirectoryHandle,
        at offset: UInt64,
        _ context: CallContext
    ) throws(VFSError) {
        guard handle.needsListing(at: offset) else { return }
        try recording("list", at: path(of: handle.directory)) { () throws(VFSError) in
            do throws(VFSError) {
                try catalog.ensureListing(of: catalog.fact(handle.directory), until: context.cancellation)
            } catch {
                // readdir(3) takes ENOENT for the end of the names: what is gone must not look empty.
                guard error.errno == ENOENT else { throw error }
                throw VFSError(errno: ESTALE, cause: error.cause)
            }
        }
        handle.noteListed()
    }

    /// `.`, `..`, then children by ascending inode number, which is also each one's offset: what comes and goes
    /// meanwhile moves no offset, and who stays is shown exactly once.
    private func walk(
        _ handle: UInt64,
        from offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem, Fact?) -> Bool
    ) throws(VFSError) {
        guard let directory = directories[handle] else { throw .badHandle }
        let isControl = isControl(Inode(directory.directory))
        if !isControl { try ensureListing(directory, at: offset, context) }
        let dots = [(".", directory.directory), ("..", directory.parent)]
        for (index, (name, inode)) in dots.enumerated() where offset <= UInt64(index) {
            let item = DirectoryItem(
                inode: Inode(inode),
                kind: .directory,
                name: name,
                offset: UInt64(index) + 1
            )
            guard emit(item, nil) else { return }
        }
        if isControl { return try walkControl(directory, handle, after: offset, context) { emit($0, nil) } }
        var page = directory.takeRest(behind: offset, generation: catalog.facts.generation)
        while true {
            while let fact = page.rows.first {
                let item = DirectoryItem(
                    inode: Inode(fact.inode),
                    kind: FileKind(fact.kind),
                    name: fact.name,
                    offset: fact.inode
                )
                guard emit(item, fact) else { return directory.keep(page) }
                page.rows.removeFirst()
                page.position = fact.inode
            }
            guard !page.isLast, !context.cancellation.isCancelled else { return }
            page = try self.page(of: directory, behind: page.position)
        }
    }

    private func page(of directory: DirectoryHandle, behind offset: UInt64) throws(VFSError) -> DirectoryPage {
        // Looked at first: what is written while the rows are read counts as written after it.
        var page = DirectoryPage(position: offset, generation: catalog.facts.generation)
        let batch = directory.nextBatch()
        let rows = try catalog.local { () throws(CacheError) in
            try catalog.facts.children(of: directory.directory, after: offset, limit: batch)
        }
        page.rows = rows[...]
        page.isLast = rows.count < batch
        return page
    }
}

extension FileKind {
    fileprivate init(_ kind: NodeKind) {
        self =
            switch kind {
            case .directory: .directory
            case .file: .regular
            case .link: .symbolicLink
            }
    }
}
