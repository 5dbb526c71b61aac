import Foundation

/// The peer writing: `rclone mount --vfs-cache-mode writes` over a WebDAV server on a directory of this disk.
enum WebDAVPeer {
    /// - Returns: Nil without rclone.
    static func with<Answer>(_ bench: Bench, _ body: (_ place: String, _ served: String) throws -> Answer) throws
        -> Answer?
    {
        guard let rclone = bench.settings.rclone else { return nil }
        let served = bench.directory + "/dav"
        let place = bench.directory + "/peer-writes"
        for path in [served, place] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        let address = "127.0.0.1:\(20_000 + Int.random(in: 0..<2000))"
        let (server, _) = try Program.start(
            rclone,
            ["serve", "webdav", served, "--addr", address, "--config", "/dev/null"],
            log: bench.directory + "/dav.log"
        )
        defer { Program.stop(server) }
        try wait { (try? Program.run("/usr/bin/curl", ["-sf", "http://\(address)/", "-X", "PROPFIND"])) != nil }
        let (mount, _) = try Program.start(
            rclone,
            [
                "mount", ":webdav:", place, "--webdav-url", "http://\(address)", "--vfs-cache-mode", "writes",
                "--vfs-write-back", "0s", "--cache-dir", bench.directory + "/dav-cache", "--config", "/dev/null",
            ],
            log: bench.directory + "/dav-mount.log"
        )
        defer {
            Program.stop(mount)
            for path in ["dav", "dav-cache"] {
                try? FileManager.default.removeItem(atPath: bench.directory + "/" + path)
            }
        }
        try wait { (try? Program.run("/bin/mountpoint", ["-q", place])) != nil }
        return try body(place, served)
    }

    /// Waits for something that another process brings about.
    static func wait(_ isThere: () -> Bool) throws {
        for _ in 0..<6000 {
            if isThere() { return }
            usleep(10_000)
        }
        throw BenchmarkError(description: "what was waited for did not come within a minute")
    }
}
