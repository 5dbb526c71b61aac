internal import Glibc

/// A file system of a few bytes, in memory; unmounted when it goes. Only root can make one.
package final class SmallDisk: Sendable {
    /// What the system said to a call.
    package struct Failure: Error {
        package let call: String
        package let number: Int32
    }

    package let path: String
    /// Outlives the mount, or it could not be removed.
    private let directory: TemporaryDirectory

    package static var isPossible: Bool { unsafe geteuid() == 0 && access("/proc/self/mounts", F_OK) == 0 }

    package init(in directory: TemporaryDirectory, bytes: Int) throws {
        self.directory = directory
        path = directory.file("disk")
        guard unsafe mkdir(path, 0o700) == 0 else { throw Failure(call: "mkdir", number: errno) }
        try mount(flags: 0, "size=\(bytes)")
    }

    deinit { unsafe umount2(path, Int32(MNT_DETACH)) }

    package func resize(to bytes: Int) throws { try mount(flags: UInt(MS_REMOUNT), "size=\(bytes)") }

    package func makeReadOnly() throws { try mount(flags: UInt(MS_REMOUNT | MS_RDONLY), nil) }

    private func mount(flags: UInt, _ options: String?) throws {
        let status =
            if let options {
                unsafe options.withCString { unsafe Glibc.mount("tmpfs", path, "tmpfs", flags, $0) }
            } else {
                unsafe Glibc.mount("tmpfs", path, "tmpfs", flags, nil)
            }
        guard status == 0 else { throw Failure(call: "mount", number: errno) }
    }
}
