import Foundation

/// The local platform with its data, a place for mounts and caches, and a plain web server over the same file for the peer.
final class Bench {
    let settings: Benchmarks
    let directory: String
    let url: String
    let dataset: String
    var webURL: String?
    private var processes: [Process] = []
    private var copies = 0
    private static let key = "local-key"

    init(_ settings: Benchmarks) throws {
        self.settings = settings
        directory = NSTemporaryDirectory() + "datasetfs-bench-\(getpid())"
        let bucket = directory + "/server/buckets/bench"
        try FileManager.default.createDirectory(atPath: bucket, withIntermediateDirectories: true)
        try Self.fill(bucket + "/big.bin", megabytes: settings.megabytes)
        let (server, output) = try Program.start(
            settings.server,
            ["--port", "0", "--root", directory + "/server", "--admin"],
            log: directory + "/server.log"
        )
        processes.append(server)
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let address = line.split(separator: " ").last?.trimmingCharacters(in: .whitespacesAndNewlines) else {
            throw BenchmarkError(description: "the server said: \(line)")
        }
        url = address
        let platform = Platform(url: address, key: Self.key)
        dataset = try platform.makeDataset("bench")
        _ = try platform.register("big.bin", bucket: "bench", dataset: dataset)
        if settings.rclone != nil { webURL = try startWeb(bucket) }
    }

    var platform: Platform { Platform(url: url, key: Self.key) }

    /// A signed URL of the large file, for curl; they expire, and some runs take long.
    func objectURL() throws -> String {
        copies += 1
        let name = "copy-\(copies)"
        return try platform.register("big.bin", bucket: "bench", dataset: dataset, as: name)
    }

    /// Random bytes: nothing on the way can compress them.
    private static func fill(_ path: String, megabytes: Int) throws {
        try Program.run("/bin/sh", ["-c", "head -c \(megabytes)000000 /dev/urandom > '\(path)'"])
    }

    private func startWeb(_ root: String) throws -> String {
        let port = 18_000 + Int.random(in: 0..<2000)
        let config = """
            daemon off; pid \(directory)/nginx.pid; error_log \(directory)/nginx.log; worker_processes 2;
            events { worker_connections 256; }
            http { access_log off; sendfile on; client_body_temp_path \(directory)/body; proxy_temp_path \(directory)/proxy;
              fastcgi_temp_path \(directory)/fcgi; uwsgi_temp_path \(directory)/uwsgi; scgi_temp_path \(directory)/scgi;
              server { listen 127.0.0.1:\(port); root \(root); autoindex on; } }
            """
        let file = directory + "/nginx.conf"
        try config.write(toFile: file, atomically: true, encoding: .utf8)
        let (process, _) = try Program.start(
            "/usr/sbin/nginx",
            ["-c", file, "-e", directory + "/nginx.log"],
            log: directory + "/nginx.err"
        )
        processes.append(process)
        return "http://127.0.0.1:\(port)"
    }

    /// Bytes the platform has sent so far, and requests it has answered.
    func traffic() throws -> (bytes: Double, requests: Double) { try platform.traffic() }

    /// Mounts, hands over the mount point and the process, unmounts.
    func withMount<Answer>(
        cache: String,
        options: [String] = [],
        _ body: (_ path: String, _ pid: Int32) throws -> Answer
    ) throws -> Answer {
        let place = directory + "/mnt"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try mount(at: place, cache: cache, options: options)
        defer { try? unmount(place) }
        return try body(place, try processID(place))
    }

    func mount(at place: String, cache: String, options: [String] = []) throws {
        try Program.run(
            settings.datasetfs,
            [
                "mount", "edison+\(url)", place, "--cache-dir", directory + "/" + cache, "--dataset", dataset,
                "--connections", "\(settings.connections)", "--log-file", directory + "/mount.log", "--state-dir",
                directory + "/state",
            ] + options,
            environment: ["EDISON_PLATFORM_API_KEY": Self.key]
        )
    }

    func unmount(_ place: String) throws {
        try Program.run(settings.datasetfs, ["unmount", place])
    }

    func clear(_ cache: String) {
        try? FileManager.default.removeItem(atPath: directory + "/" + cache)
    }

    private func processID(_ place: String) throws -> Int32 {
        let text = try Data(contentsOf: URL(fileURLWithPath: place + "/.datasetfs/status"))
        struct Status: Decodable { var processID: Int32 }
        return try JSONDecoder().decode(Status.self, from: text).processID
    }

    /// The peer's mount of the plain web server.
    func withPeer<Answer>(_ options: [String], _ body: (_ path: String, _ pid: Int32) throws -> Answer) throws
        -> Answer?
    {
        guard let rclone = settings.rclone, let webURL else { return nil }
        let place = directory + "/peer"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let (process, _) = try Program.start(
            rclone,
            [
                "mount", ":http:", place, "--http-url", webURL, "--cache-dir", directory + "/peer-cache", "--config",
                "/dev/null",
            ]
                + options,
            log: directory + "/peer.log"
        )
        defer {
            Program.stop(process)
            try? FileManager.default.removeItem(atPath: directory + "/peer-cache")
        }
        try wait(for: place + "/big.bin")
        return try body(place, process.processIdentifier)
    }

    private func wait(for path: String) throws {
        for _ in 0..<1000 {
            if FileManager.default.fileExists(atPath: path) { return }
            usleep(10_000)
        }
        throw BenchmarkError(description: "\(path) does not appear")
    }

    func tearDown() {
        for process in processes.reversed() { Program.stop(process) }
        try? FileManager.default.removeItem(atPath: directory)
    }
}
