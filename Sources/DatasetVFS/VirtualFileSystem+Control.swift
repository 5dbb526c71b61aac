internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// The control directory `.datasetfs/` at the root: in no listing, reachable by its name.
///
/// Its inode numbers lie below those of the facts database, whose rows begin at 16.
extension VirtualFileSystem {
    private enum Control {
        static let directory: UInt64 = 2
    }

    private enum ControlFile: UInt64, CaseIterable {
        case status = 3
        case errors = 4
        case config = 5
        case queue = 6

        var name: String {
            switch self {
            case .status: "status"
            case .errors: "errors"
            case .config: "config"
            case .queue: "queue"
            }
        }
    }

    func isControl(_ inode: Inode) -> Bool {
        inode.rawValue > Inode.root.rawValue && inode.rawValue < 16
    }

    func isControlDirectory(_ inode: Inode) -> Bool {
        inode.rawValue == Control.directory
    }

    /// - Throws: ENOENT for a name that the control directory does not have.
    func controlEntry(named name: String, in parent: Inode) throws(VFSError) -> Entry? {
        if parent == .root, name == TreeName.control { return controlEntry(Inode(Control.directory)) }
        guard isControlDirectory(parent) else { return nil }
        guard let file = ControlFile.allCases.first(where: { $0.name == name }) else { throw .notFound }
        return controlEntry(Inode(file.rawValue))
    }

    func controlEntry(_ inode: Inode) -> Entry? {
        guard isControl(inode) else { return nil }
        let now = Timestamp(nanoseconds: time.wallNanoseconds())
        let isDirectory = isControlDirectory(inode)
        let size = ControlFile(rawValue: inode.rawValue).map { UInt64(content(of: $0).count) } ?? 4096
        let status = FileStatus(
            inode: inode,
            kind: isDirectory ? .directory : .regular,
            size: size,
            permissions: isDirectory ? 0o555 : 0o444,
            links: isDirectory ? 2 : 1,
            owner: options.owner,
            group: options.group,
            accessed: now,
            modified: now,
            changed: now
        )
        return Entry(status: status, lifetime: .zero)
    }

    func openControlFile(_ inode: Inode) throws(VFSError) -> FileHandle? {
        guard isControl(inode) else { return nil }
        guard let file = ControlFile(rawValue: inode.rawValue) else { throw VFSError(errno: EISDIR) }
        return FileHandle(
            inode: inode.rawValue,
            path: "/\(TreeName.control)/\(file.name)",
            body: .generated(content(of: file)),
            readAhead: ReadAhead()
        )
    }

    func walkControl(after offset: UInt64, emit: (DirectoryItem) -> Bool) {
        for file in ControlFile.allCases where file.rawValue > offset {
            let item = DirectoryItem(
                inode: Inode(file.rawValue),
                kind: .regular,
                name: file.name,
                offset: file.rawValue
            )
            guard emit(item) else { return }
        }
    }

    private func content(of file: ControlFile) -> [UInt8] {
        switch file {
        case .status: JSONText.pretty(report)
        case .errors: errors.all.flatMap { JSONText.line(ErrorLine($0)) }
        case .config: JSONText.pretty(options.configuration)
        case .queue: queue.flatMap { JSONText.line($0) }
        }
    }

    private var report: StatusReport {
        let usage = contents.usage
        let queue = self.queue
        return StatusReport(
            store: store.traits.displayName,
            health: gate.isOffline ? "offline" : "online",
            startedAt: Timestamp(nanoseconds: startedAt).rfc3339,
            processID: getpid(),
            transfers: transfers(),
            cache: StatusReport.Cache(directory: cacheDirectory, bytes: usage.bytes, files: usage.files),
            kernel: StatusReport.Kernel(
                knownInodes: inodes.count,
                openFiles: files.count,
                openDirectories: directories.count
            ),
            errors: errors.all.count,
            writing: writing.map { side in
                StatusReport.Writing(
                    durability: side.durability.rawValue,
                    directory: side.journal.directory,
                    bytesKept: side.journal.bytesKept,
                    waiting: queue.count,
                    uploading: queue.count { $0.state == .uploading },
                    failed: queue.count { $0.state == .error },
                    bytes: queue.reduce(0) { $0 + $1.bytes },
                    sent: queue.reduce(0) { $0 + $1.sent }
                )
            }
        )
    }
}
