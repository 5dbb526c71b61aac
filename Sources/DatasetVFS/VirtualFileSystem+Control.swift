internal import DatasetCache
internal import DatasetJournal
internal import DatasetModel
internal import DatasetSync
internal import Glibc

/// The files of the root's control directory that tell of the whole mount.
extension VirtualFileSystem {
    func content(of file: MountControl) -> [UInt8] {
        switch file {
        case .status: JSONText.pretty(report)
        case .errors: errors.all.flatMap { JSONText.line(ErrorLine($0)) }
        case .config: JSONText.pretty(options.configuration)
        case .queue: queue.flatMap { JSONText.line($0) }
        case .metrics: Metrics.text(report, startedAt: startedAt)
        }
    }

    private var report: StatusReport {
        let usage = contents.usage
        let queue = self.queue
        let offlineSince = gate.offlineSince
        return StatusReport(
            store: store.traits.displayName,
            health: offlineSince == nil ? "online" : "offline",
            offlineSince: offlineSince.map { Timestamp(nanoseconds: $0).rfc3339 },
            startedAt: Timestamp(nanoseconds: startedAt).rfc3339,
            processID: getpid(),
            transfers: transfers(),
            cache: StatusReport.Cache(
                directory: cacheDirectory,
                bytes: usage.bytes,
                files: usage.files,
                trouble: catalog.facts.trouble?.message
            ),
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
