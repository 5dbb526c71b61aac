internal import DatasetFUSE
internal import DatasetSync
internal import DatasetVFS
internal import Glibc

/// Waits until a mount has published what was written, and shows how far it is.
///
/// The mount is told once, briefly, and then looked at: the kernel lets nobody else into a directory while one of its
/// attributes is set, so that a wait inside of the call would stop the very programs that are to finish.
struct QueueWait {
    enum Outcome {
        /// What is not published; empty when all is well.
        case left([QueueLine])
        /// The mount went away meanwhile.
        case gone
        case failed(errno: Int32)
    }

    let queue: MountQueue
    let command: ControlAttribute
    /// What is told: the path itself.
    let path: String
    let progress: ProgressLine?

    private static let shortestPause: Duration = .milliseconds(20)
    private static let longestPause: Duration = .milliseconds(500)

    /// Waits for what was written before. What is written meanwhile is not waited for; when the mount drains there is
    /// nothing of that kind, but copies that keep both sides of a conflict.
    func run(until deadline: Deadline) -> Outcome {
        let status = command.set("0", on: path)
        switch status {
        // The last of it may have come to the store in this moment: a look at the queue waits until the tree shows it. What
        // the mount does not know to be there may be there all the same.
        case 0:
            guard let lines = queue.lines else { return .gone }
            if lines.isEmpty { return .left([]) }
        case EBUSY, EAGAIN, ETIMEDOUT: break
        // Nothing can be written there.
        case EROFS, EOPNOTSUPP: return .left([])
        default: return .failed(errno: status)
        }
        guard let first = queue.lines else { return .gone }
        let wanted = Set(first.map(\.id))
        let time = SystemTime()
        var pause = Self.shortestPause
        defer { progress?.clear() }
        while true {
            let asked = time.now()
            guard let all = queue.lines else { return .gone }
            let left = command == .drain ? all : all.filter { wanted.contains($0.id) }
            let isOver = MountQueue.moving(left, among: all).isEmpty
            if isOver || deadline.hasPassed(at: time.now()) { return .left(left) }
            progress?.show(left, of: first)
            // A long queue takes a while to tell: most of the time is to be the mount's.
            let cost = time.now() - asked
            pause = max(min(pause * 2, Self.longestPause), cost * 5)
            Pause.take(min(pause, deadline.remaining(at: time.now()) ?? pause))
        }
    }
}

/// Lets time pass.
enum Pause {
    static func take(_ duration: Duration) {
        let nothing: Bool? = Monitor(false).wait(until: .after(duration)) { _ in nil }
        _ = nothing
    }
}
