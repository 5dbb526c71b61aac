import Foundation

/// A large file read once from beginning to end, nothing of it known before.
///
/// Each contender starts in the same state: no file of another's is left, nothing waits to be written to the disk, and the
/// memory that it will fill was in use a moment ago. A virtual machine gives free memory back to its host within seconds,
/// and to get it again costs several times what the reading costs.
enum SequentialTable {
    /// One contender's run: seconds and, for a mount, its peak memory.
    private typealias Run = () throws -> (seconds: Double, memory: Double?)

    static func measure(_ bench: Bench) throws -> Table {
        let connections = bench.settings.connections
        var contenders: [(String, Run)] = [
            ("curl --parallel to a file, \(connections) connections", { (try curl(bench, connections), nil) }),
            ("curl to a file, 1 connection", { (try curl(bench, 1), nil) }),
            ("\(connections) curl processes to files", { (try curls(bench, connections), nil) }),
            ("datasetfs mount", { try mount(bench) }),
        ]
        if bench.settings.rclone != nil {
            for mode in ["off", "full"] {
                contenders.append(("rclone mount, cache \(mode)", { try peer(bench, mode) }))
            }
        }
        let size = Double(bench.settings.megabytes)
        var rows = contenders.map { Table.Row(name: $0.0, values: [[], []]) }
        for _ in 0..<bench.settings.repeats {
            for (index, contender) in contenders.enumerated() {
                try prepare(bench)
                let (time, memory) = try contender.1()
                rows[index].values[0].append(size / time)
                if let memory { rows[index].values[1].append(memory) }
            }
        }
        try prepare(bench)
        return Table(
            title:
                "cold sequential read of \(bench.settings.megabytes) MB (goal: 0.9 of curl with as many connections, under 200 MB of memory)",
            columns: ["MB/s", "peak memory, MB"],
            rows: rows,
            reference: rows[0].name,
            notes: [
                "curl writes to the disk that holds the mount's cache: both end with the file there.",
                "Before each run: the others' files removed, everything written to the disk, memory of twice the file's size touched.",
            ]
        )
    }

    private static func prepare(_ bench: Bench) throws {
        bench.clear("seq-cache")
        for index in 0..<bench.settings.connections { bench.clear("curl.\(index)") }
        sync()
        try Memory.touch(bench.settings.megabytes * 2_000_000)
    }

    private static func mount(_ bench: Bench) throws -> (Double, Double?) {
        try bench.withMount(cache: "seq-cache") { place, pid in
            let time = try seconds { _ = try Reader.sequential(place + "/bench/big.bin") }
            return (time, Program.peakMemory(pid))
        }
    }

    private static func peer(_ bench: Bench, _ mode: String) throws -> (Double, Double?) {
        try bench.withPeer(["--vfs-cache-mode", mode]) { place, pid in
            let time = try seconds { _ = try Reader.sequential(place + "/big.bin") }
            return (time, Program.peakMemory(pid))
        } ?? (.nan, nil)
    }

    /// Fetches the file with one curl, in as many ranges as there are connections.
    private static func curl(_ bench: Bench, _ connections: Int) throws -> Double {
        var arguments = [
            "--no-progress-meter", "--parallel", "--parallel-immediate", "--parallel-max", "\(connections)",
        ]
        let object = try bench.objectURL()
        for (index, range) in ranges(bench, connections).enumerated() {
            if index > 0 { arguments.append("--next") }
            arguments += ["-sS", "--fail", "-r", range, "-o", "\(bench.directory)/curl.\(index)", object]
        }
        return try seconds { try Program.run("/usr/bin/curl", arguments) }
    }

    /// The same with a curl for each range.
    private static func curls(_ bench: Bench, _ connections: Int) throws -> Double {
        let object = try bench.objectURL()
        let commands = ranges(bench, connections).enumerated().map { index, range in
            "curl -sS --fail -r \(range) -o '\(bench.directory)/curl.\(index)' '\(object)' & jobs=\"$jobs $!\"; "
        }
        let script = commands.joined() + "for job in $jobs; do wait $job || exit; done"
        return try seconds { try Program.run("/bin/sh", ["-c", script]) }
    }

    private static func ranges(_ bench: Bench, _ connections: Int) -> [String] {
        let total = bench.settings.megabytes * 1_000_000
        let piece = (total + connections - 1) / connections
        return (0..<connections).map { "\($0 * piece)-\(min(total, ($0 + 1) * piece) - 1)" }
    }
}

enum Memory {
    /// Has the machine hand out so much memory and takes it back, so that the next to ask gets what is at hand.
    static func touch(_ bytes: Int) throws {
        let populate: Int32 = 0x8000  // MAP_POPULATE, which Glibc's module hides.
        let memory = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | populate, -1, 0)
        guard let memory, memory != MAP_FAILED else {
            throw BenchmarkError(description: "\(bytes) bytes of memory are not to be had: use a smaller --megabytes")
        }
        munmap(memory, bytes)
    }
}
