internal import DatasetFUSE
internal import DatasetVFS
internal import Glibc

/// What a mount has on its way to the store, seen from outside.
struct MountQueue {
    let mountPoint: String
    /// Of it, what is to be looked at: a path below the mount point, beginning with `/`; `/` for all.
    let inside: String

    init(mountPoint: String, inside: String = "/") {
        self.mountPoint = mountPoint
        self.inside = inside
    }

    /// Oldest first; nil when the mount does not answer.
    var lines: [QueueLine]? {
        guard let all = ControlFiles.queue(of: mountPoint) else { return nil }
        guard inside != "/" else { return all }
        // What may be anywhere may be there.
        return all.filter { line in
            line.path == inside || line.path.hasPrefix(inside + "/") || line.path.hasPrefix(QueueLine.somewhere)
        }
    }

    /// Those that may still go by themselves: refused ones do not, nor what waits for a refused directory.
    static func moving(_ lines: [QueueLine], among all: [QueueLine]) -> [QueueLine] {
        let parked = all.filter(\.parked).map(\.path)
        guard !parked.isEmpty else { return lines }
        return lines.filter { line in
            !line.parked && !parked.contains { line.path.hasPrefix($0 + "/") }
        }
    }
}
