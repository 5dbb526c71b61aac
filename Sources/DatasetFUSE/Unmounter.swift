internal import CFUSE
internal import DatasetSync
internal import Glibc

/// Takes a mount away from outside of the process that serves it.
package enum Unmounter {
    /// Unmounts the dataset mount that `path` lies in, a dead one too.
    ///
    /// - Parameter lazy: It vanishes at once, even in use, and ends with its last open file.
    /// - Returns: Where it was mounted.
    /// - Throws: ``MountError/notMounted(_:)``, ``MountError/busy(_:holders:)``, ``MountError/unmountFailed(_:details:)``.
    @available(*, noasync, message: "this blocks the calling thread")
    @discardableResult
    package static func unmount(_ path: String, lazy: Bool = false) throws(MountError) -> String {
        guard let mount = Mounts.find(path) else { throw .notMounted(Path.absolute(path)) }
        if geteuid() == 0 {
            try unmountAsRoot(mount.path, lazy: lazy)
        } else {
            try unmountWithHelper(mount.path, lazy: lazy)
        }
        return mount.path
    }

    private static func unmountAsRoot(_ path: String, lazy: Bool) throws(MountError) {
        let flags = Int32(CFUSE_UNMOUNT_NOFOLLOW) | (lazy ? Int32(CFUSE_UNMOUNT_LAZY) : 0)
        guard unsafe umount2(path, flags) != 0 else { return }
        let status = errno
        if status == EBUSY { throw .busy(path, holders: MountHolders.find(of: path)) }
        throw .unmountFailed(path, details: errorText(status))
    }

    private static func unmountWithHelper(_ path: String, lazy: Bool) throws(MountError) {
        guard let helper = MountRights.helper(in: ["/usr/bin", "/bin"] + MountRights.searchPath()) else {
            throw .noHelper
        }
        let arguments = [helper, "-u"] + (lazy ? ["-z"] : []) + ["--", path]
        guard let outcome = HelperProgram.run(arguments) else {
            throw .unmountFailed(path, details: "\(helper) could not be started")
        }
        guard outcome.status != 0 else { return }
        if outcome.words.contains(errorText(EBUSY)) { throw .busy(path, holders: MountHolders.find(of: path)) }
        throw .unmountFailed(path, details: outcome.words)
    }
}
