internal import Glibc

/// What is mounted, as the kernel tells it: reading it touches no file system, so that a dead mount cannot hang it.
package enum Mounts {
    /// Every mount this process sees, those made later behind those they may cover.
    package static func all() -> [MountRecord] {
        parse(SmallFile.text("/proc/self/mountinfo") ?? "")
    }

    /// The mounts of this program.
    package static func datasets() -> [MountRecord] {
        all().filter(\.isOurs)
    }

    /// The dataset mount that `path` lies in, whether its server lives or not.
    ///
    /// - Parameter path: Absolute or relative to the working directory; it need not exist.
    package static func find(_ path: String) -> MountRecord? {
        let mounts = all()
        let plain = Path.absolute(path)
        if let mount = innermost(mounts, containing: plain), mount.isOurs { return mount }
        // Resolving asks file systems, so that it comes second: a link may lead into a mount.
        guard let resolved = Path.resolved(path), resolved != plain else { return nil }
        return innermost(mounts, containing: resolved).flatMap { $0.isOurs ? $0 : nil }
    }

    /// What is mounted on that very directory, nil when nothing is.
    static func mounted(on path: String) -> MountRecord? {
        all().last { $0.path == path }
    }

    static func parse(_ text: String) -> [MountRecord] {
        text.split(separator: "\n").compactMap(MountRecord.init(line:))
    }

    /// The mount that answers for an absolute, normalised path: the deepest, and of several on one directory the last.
    static func innermost(_ mounts: [MountRecord], containing path: String) -> MountRecord? {
        var best: MountRecord?
        for mount in mounts where Path.contains(mount.path, path) {
            if mount.path.utf8.count >= best?.path.utf8.count ?? 0 { best = mount }
        }
        return best
    }
}
