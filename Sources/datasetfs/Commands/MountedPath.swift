internal import DatasetFUSE
internal import DatasetVFS
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

extension ControlAttribute {
    func set(_ value: String, on place: MountedPath) -> Int32 { set(value, on: place.path) }

    /// By its number: for what has no path that could be told anything.
    func set(_ line: QueueLine, on mount: MountRecord) -> Int32 { set("id:\(line.id)", on: mount.path) }

    /// A removal that waits has no name any more, and of a link the kernel asks what it points to.
    static func hasNoPath(_ status: Int32) -> Bool { [ENOENT, ENOTDIR, EPERM].contains(status) }
}

enum ErrorWords {
    static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
