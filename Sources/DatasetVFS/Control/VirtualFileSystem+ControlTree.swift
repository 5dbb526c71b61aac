internal import DatasetCache
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// The control directories `.datasetfs/`: in no listing, reachable by their name in every directory.
extension VirtualFileSystem {
    func isControl(_ inode: Inode) -> Bool { inode.rawValue >= ControlTree.firstNumber }

    /// What stands at a path of a control directory; nil for a name that it does not have.
    func controlNode(_ path: ControlPath, _ context: CallContext) throws(VFSError) -> ControlNode? {
        var node = ControlNode.directory(DirectoryControl(system: self, directory: path.directory))
        for name in path.components {
            guard case .directory(let directory) = node, let child = try directory.child(named: name, context) else {
                return nil
            }
            node = child
        }
        return node
    }

    /// Counts one lookup.
    ///
    /// - Throws: ENOENT for a name that the control directory does not have.
    func controlEntry(named name: String, in parent: Inode, _ context: CallContext) throws(VFSError) -> Entry? {
        let path: ControlPath
        if isControl(parent) {
            guard let entry = control[parent.rawValue] else { throw .stale }
            path = entry.path.appending(name)
        } else {
            guard name == TreeName.control else { return nil }
            guard try catalog.fact(parent.rawValue).kind == .directory else { throw VFSError(errno: ENOTDIR) }
            path = ControlPath(of: parent.rawValue)
        }
        return try recording("lookup", at: text(of: path)) { () throws(VFSError) in
            guard let node = try controlNode(path, context) else { throw .notFound }
            let number = control.number(of: path, node, isLookup: true)
            return try entry(Inode(number), node, handle: nil, context)
        }
    }

    func controlEntry(_ inode: Inode, handle: UInt64?, _ context: CallContext) throws(VFSError) -> Entry {
        try entry(inode, known(inode, context), handle: handle, context)
    }

    func controlTarget(of inode: Inode, _ context: CallContext) throws(VFSError) -> String {
        guard case .link(let target) = try known(inode, context) else { throw VFSError(errno: EINVAL) }
        return target
    }

    /// What the kernel was told by that number.
    private func known(_ inode: Inode, _ context: CallContext) throws(VFSError) -> ControlNode {
        guard let entry = control[inode.rawValue] else { throw .stale }
        if let node = entry.node { return node }
        guard let node = try controlNode(entry.path, context) else { throw .stale }
        return node
    }

    private func text(of path: ControlPath) -> String { path.text(below: self.path(of: path.directory)) }

    private func entry(_ inode: Inode, _ node: ControlNode, handle: UInt64?, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        var status = FileStatus(
            inode: inode,
            kind: node.kind,
            size: 4096,
            permissions: 0o444,
            links: 1,
            owner: options.owner,
            group: options.group,
            accessed: Timestamp(nanoseconds: time.wallNanoseconds()),
            modified: Timestamp(nanoseconds: time.wallNanoseconds()),
            changed: Timestamp(nanoseconds: time.wallNanoseconds())
        )
        switch node {
        case .directory:
            status.permissions = 0o555
            status.links = 2
        case .file(let file):
            let draft = handle.flatMap { control.draft($0) }
            if let draft {
                status.size = draft.size
            } else {
                status.size = UInt64(try file.content(context).count)
            }
            if file.isWritable, writing != nil { status.permissions = 0o644 & ~options.umask }
        case .content(let content):
            status.size = content.size ?? 0
            let modified = content.modified ?? content.created ?? Timestamp(nanoseconds: startedAt)
            (status.accessed, status.modified, status.changed) = (modified, modified, modified)
        case .link(let target):
            status.size = UInt64(target.utf8.count)
            status.permissions = 0o777
        }
        return Entry(status: status, lifetime: .zero)
    }

    // MARK: - Directories

    func openControlDirectory(_ inode: Inode, _ context: CallContext) throws(VFSError) -> UInt64 {
        guard case .directory = try known(inode, context) else { throw VFSError(errno: ENOTDIR) }
        return directories.insert(DirectoryHandle(directory: inode.rawValue, parent: Inode.root.rawValue))
    }

    /// Offsets count the names behind `.` and `..` as they were when the directory was first read.
    func walkControl(
        _ directory: DirectoryHandle,
        _ handle: UInt64,
        after offset: UInt64,
        _ context: CallContext,
        emit: (DirectoryItem) -> Bool
    ) throws(VFSError) {
        guard let entry = control[directory.directory] else { throw .stale }
        let names: [(name: String, kind: FileKind)]
        if let known = control.listing(handle) {
            names = known
        } else {
            names = try listed(entry.path, handle, context)
        }
        let first = Int(clamping: offset) - 2
        for index in max(0, first)..<max(0, first, names.count) where index < names.count {
            let (name, kind) = names[index]
            let path = entry.path.appending(name)
            let item = DirectoryItem(
                inode: Inode(control.number(of: path, nil, isLookup: false)),
                kind: kind,
                name: name,
                offset: UInt64(index) + 3
            )
            guard emit(item) else { return }
        }
    }

    private func listed(_ path: ControlPath, _ handle: UInt64, _ context: CallContext) throws(VFSError)
        -> [(name: String, kind: FileKind)]
    {
        try recording("list", at: text(of: path)) { () throws(VFSError) in
            guard case .directory(let directory) = try controlNode(path, context) else { throw .stale }
            let names = try directory.names(context)
            control.keep(names, handle)
            return names
        }
    }

    // MARK: - Files

    func openControl(_ inode: Inode, writes: Bool, truncates: Bool, _ context: CallContext) throws(VFSError)
        -> OpenedFile
    {
        guard let entry = control[inode.rawValue] else { throw .stale }
        let path = text(of: entry.path)
        return try recording("open", at: path) { () throws(VFSError) in
            switch try known(inode, context) {
            case .directory: throw VFSError(errno: EISDIR)
            case .link: throw VFSError(errno: ELOOP)
            case .content(let node):
                guard !writes, !truncates else { throw VFSError(errno: EACCES) }
                guard let size = node.size, let version = node.version else { throw .stale }
                let content = contents.acquire(node, size: size, version: version)
                let handle = FileHandle(
                    inode: inode.rawValue,
                    path: path,
                    body: .content(content, size: size),
                    readAhead: ReadAhead()
                )
                return OpenedFile(handle: files.insert(handle), keepsCache: true, isDirect: false)
            case .file(let file):
                let isChange = writes || truncates
                if isChange {
                    guard file.isWritable else { throw VFSError(errno: EACCES) }
                    _ = try writeSide()
                }
                let bytes = truncates ? [] : try file.content(context)
                let handle = files.insert(
                    FileHandle(inode: inode.rawValue, path: path, body: .generated(bytes), readAhead: ReadAhead())
                )
                if isChange { control.begin(ControlDraft(bytes, isEmptied: truncates), handle) }
                return OpenedFile(handle: handle, keepsCache: false, isDirect: true)
            }
        }
    }

    /// A control file that was written is taken over whole when it is closed, or refused.
    func accept(_ draft: ControlDraft, _ handle: UInt64, _ context: CallContext) throws(VFSError) {
        guard let open = files[handle] else { return }
        // As with any file: a shell that has emptied it and closes one of two descriptors is about to write.
        if draft.size == 0, OpenDescriptors.hasAnother(open.path, in: context.process) { return }
        guard let bytes = draft.take() else { return }
        try recording("close", at: open.path) { () throws(VFSError) in
            guard case .file(let file) = try known(Inode(open.inode), context) else { throw .stale }
            do throws(VFSError) {
                try file.accept(bytes, context)
            } catch {
                draft.giveBack()
                throw error
            }
        }
    }

    /// Only the length of a file that is just being written can be changed.
    func changeControl(_ change: StatusChange, of inode: Inode, handle: UInt64?, _ context: CallContext)
        throws(VFSError) -> Entry
    {
        guard let size = change.size else { throw VFSError(errno: EPERM) }
        // truncate(2) of a path: what is written next replaces all of it anyway.
        if let draft = handle.flatMap({ control.draft($0) }) {
            guard draft.truncate(to: size) else { throw VFSError(errno: EFBIG) }
        }
        return try controlEntry(inode, handle: handle, context)
    }
}
