internal import Glibc

/// The kernel's read-ahead for one mount: it offers 128 KiB, INIT can only lower that, and only root can raise it.
enum ReadAheadSetting {
    /// Sets it for the mount on `path`.
    ///
    /// To be called when the INIT reply has been taken: the kernel lowers the value to that reply's. Asks nothing of the
    /// mount itself, which may not answer yet.
    /// - Returns: What went wrong, nil when nothing did or when this is not root.
    static func apply(_ kibibytes: Int, toMountOn path: String) -> String? {
        guard geteuid() == 0 else { return nil }
        guard let mount = Mounts.mounted(on: path) else { return "“\(path)” is not among the mounts" }
        let file = "/sys/class/bdi/\(mount.device)/read_ahead_kb"
        let status = SmallFile.write("\(kibibytes)\n", to: file)
        return status == 0 ? nil : "\(file): \(errorText(status))"
    }
}
