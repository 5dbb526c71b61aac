internal import Synchronization

/// Workspaces that wait for the next piece of work: as many as were ever in use at once.
final class WorkspacePool: Sendable {
    private let level: Int
    private let idle = Mutex<[Workspace]>([])

    init(level: Int) {
        self.level = level
    }

    func with<Answer>(
        _ body: (Workspace) throws(ArchiveError) -> Answer
    ) throws(ArchiveError) -> Answer {
        guard let workspace = idle.withLock({ $0.popLast() }) ?? Workspace(level: level) else {
            throw ArchiveError(.source, "There is no memory left to compress with")
        }
        defer { idle.withLock { $0.append(workspace) } }
        return try body(workspace)
    }
}
