internal import CFUSE
internal import Glibc

/// A directory that has been found fit to mount on.
struct MountPoint: Sendable, Equatable {
    /// Absolute, without links.
    let path: String

    /// Looks at the place and at what this account may do, so that a refusal names its reason and its remedy.
    ///
    /// - Throws: The case that applies first.
    init(checking path: String, _ options: MountOptions) throws(MountError) {
        let place = Path.resolvedParent(path)
        if let mount = Mounts.mounted(on: place) { throw Self.covered(place, mount) }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw Self.unusable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .mountPointNotDirectory(path) }
        let resolved = Path.resolved(path) ?? place
        if let mount = Mounts.mounted(on: resolved) { throw Self.covered(resolved, mount) }
        if !options.allowsNonEmpty { try Self.checkEmpty(resolved) }
        if geteuid() != 0, unsafe access(resolved, W_OK) != 0 { throw .mountPointDenied(resolved) }
        self.path = resolved
    }

    private static func covered(_ path: String, _ mount: MountRecord) -> MountError {
        // Not stat(2): the kernel may still know the attributes of a root whose server is gone.
        var room = statvfs()
        if mount.isOurs, unsafe statvfs(path, &room) != 0, errno == ENOTCONN { return .stale(path) }
        return .alreadyMounted(path, what: mount)
    }

    private static func unusable(_ path: String, _ errno: Int32) -> MountError {
        switch errno {
        case ENOENT: .mountPointMissing(path)
        case ENOTDIR: .mountPointNotDirectory(path)
        case ENOTCONN: .stale(path)
        default: .mountPointUnreadable(path, errno: errno)
        }
    }

    private static func checkEmpty(_ path: String) throws(MountError) {
        guard let directory = unsafe opendir(path) else { throw .mountPointUnreadable(path, errno: errno) }
        defer { unsafe closedir(directory) }
        // Every directory lists itself and its parent.
        for _ in 0..<3 {
            guard unsafe readdir(directory) != nil else { return }
        }
        throw .notEmpty(path)
    }
}
