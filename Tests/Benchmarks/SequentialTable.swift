import Foundation

/// A large file read once from beginning to end, nothing of it known before.
enum SequentialTable {
    static func measure(_ bench: Bench) throws -> Table {
        let size = Double(bench.settings.megabytes)
        let connections = bench.settings.connections
        var names = ["curl to a file, \(connections) connections", "curl to a file, 1 connection", "datasetfs mount"]
        if bench.settings.rclone != nil { names += ["rclone mount, cache off", "rclone mount, cache full"] }
        var speed = [String: [Double]]()
        var memory = [String: [Double]]()
        // Memory of a virtual machine is slow the first time it is touched: not at the cost of whoever comes first.
        _ = try curl(bench, connections)
        for _ in 0..<bench.settings.repeats {
            speed[names[0], default: []].append(size / (try curl(bench, connections)))
            speed[names[1], default: []].append(size / (try curl(bench, 1)))
            bench.clear("seq-cache")
            try bench.withMount(cache: "seq-cache") { place, pid in
                let time = try seconds { _ = try Reader.sequential(place + "/bench/big.bin") }
                speed[names[2], default: []].append(size / time)
                memory[names[2], default: []].append(Program.peakMemory(pid))
            }
            for (name, options) in [
                ("rclone mount, cache off", ["--vfs-cache-mode", "off"]),
                ("rclone mount, cache full", ["--vfs-cache-mode", "full"]),
            ] {
                _ = try bench.withPeer(options) { place, pid in
                    let time = try seconds { _ = try Reader.sequential(place + "/big.bin") }
                    speed[name, default: []].append(size / time)
                    memory[name, default: []].append(Program.peakMemory(pid))
                }
            }
        }
        return Table(
            title:
                "cold sequential read of \(bench.settings.megabytes) MB (goal: 0.9 of curl with as many connections, under 200 MB of memory)",
            columns: ["MB/s", "peak memory, MB"],
            rows: names.map { .init(name: $0, values: [speed[$0] ?? [], memory[$0] ?? []]) },
            reference: names[0],
            notes: ["curl writes to the disk that holds the mount's cache: both end with the file there."]
        )
    }

    /// Fetches the file in as many ranges as there are connections, each to its place in one file.
    private static func curl(_ bench: Bench, _ connections: Int) throws -> Double {
        let total = bench.settings.megabytes * 1_000_000
        let piece = (total + connections - 1) / connections
        let commands = (0..<connections).map { index -> String in
            let range = "\(index * piece)-\(min(total, (index + 1) * piece) - 1)"
            return "curl -sS -r \(range) -o '\(bench.directory)/curl.\(index)' '\(bench.object)' &"
        }
        let time = try seconds { try Program.run("/bin/sh", ["-c", commands.joined(separator: " ") + " wait"]) }
        for index in 0..<connections { try? FileManager.default.removeItem(atPath: "\(bench.directory)/curl.\(index)") }
        return time
    }
}
