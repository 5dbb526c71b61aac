internal import DatasetFUSE
internal import Glibc

/// A path that somebody typed, and the mount that it lies on.
struct MountedPath {
    let mount: MountRecord
    /// Absolute.
    let path: String
    /// Below the mount point, beginning with `/`.
    let inside: String

    /// - Throws: `.mountPointUnusable` when no mount of ours is there.
    init(_ typed: String) throws(Failure) {
        guard !typed.isEmpty else { throw Failure(.wrongUsage, "the path is empty.") }
        guard let mount = Mounts.find(typed) else {
            throw Failure(.mountPointUnusable, MountError.notMounted(typed).description)
        }
        self.mount = mount
        path = Paths.absolute(typed, from: Paths.workingDirectory)
        inside = Why.inside(typed, mount.path)
    }

    init(mount: MountRecord) {
        self.mount = mount
        path = mount.path
        inside = "/"
    }
}

extension MountRecord {
    /// Made by another user and not opened to this one: neither to be asked nor to be mended.
    var isForeign: Bool { unsafe access(path, X_OK) != 0 && errno == EACCES }
}

enum ErrorWords {
    static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
