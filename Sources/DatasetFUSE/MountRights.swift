internal import Glibc

/// What this account needs for mounting, looked at before libfuse fails without a word.
enum MountRights {
    /// - Throws: The first thing that is missing.
    static func check(_ audience: MountAudience) throws(MountError) {
        let device = unsafe open("/dev/fuse", O_RDWR | O_CLOEXEC)
        guard device >= 0 else {
            switch errno {
            case ENOENT, ENODEV, ENXIO: throw .noDevice
            default: throw .deviceDenied(errno: errno)
            }
        }
        close(device)
        guard geteuid() != 0 else {
            if !hasMountCapability(SmallFile.text("/proc/self/status") ?? "") { throw .noCapability }
            return
        }
        guard helper(in: ["/usr/bin", "/bin"] + searchPath()) != nil else { throw .noHelper }
        if audience != .owner, !allowsOthers(SmallFile.text("/etc/fuse.conf") ?? "") { throw .audienceDenied(audience) }
    }

    /// Where `fusermount3` is: libfuse looks in /usr/bin first, then along the search path.
    static func helper(in directories: [String]) -> String? {
        directories.map { "\($0)/fusermount3" }.first { unsafe access($0, X_OK) == 0 }
    }

    static func searchPath() -> [String] {
        guard let path = unsafe getenv("PATH") else { return [] }
        return unsafe String(cString: path).split(separator: ":").map(String.init)
    }

    /// CAP_SYS_ADMIN (bit 21) among the effective capabilities; taken for granted where the line is missing.
    static func hasMountCapability(_ status: String) -> Bool {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let digits = line.split(whereSeparator: { $0 == "\t" || $0 == " " }).last,
            let capabilities = UInt64(digits, radix: 16)
        else { return true }
        return capabilities & (1 << 21) != 0
    }

    static func allowsOthers(_ configuration: String) -> Bool {
        configuration.split(separator: "\n").contains { line in
            line.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "#" }).first == "user_allow_other"
                && !line.drop(while: { $0 == " " || $0 == "\t" }).hasPrefix("#")
        }
    }
}
