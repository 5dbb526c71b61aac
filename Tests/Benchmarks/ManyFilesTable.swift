import Foundation

/// Many files made, then removed: what one costs at the beginning and at the end.
enum ManyFilesTable {
    static func measure(_ bench: Bench) throws -> Table {
        let count = bench.settings.files
        let tenth = max(1, count / 10)
        var made = [Double](), removed = [Double]()
        var rows: [Table.Row] = []
        bench.clear("many-cache")
        try bench.withMount(cache: "many-cache", options: ["--durability", "back"]) { place, pid in
            let folder = place + "/bench/many"
            guard mkdir(folder, 0o755) == 0 else { throw Writer.failure(folder) }
            for start in stride(from: 0, to: count, by: tenth) {
                made.append(try seconds { for index in start..<start + tenth { try make("\(folder)/f\(index).txt") } })
            }
            for start in stride(from: 0, to: count, by: tenth) {
                removed.append(
                    try seconds {
                        for index in start..<start + tenth where unlink("\(folder)/f\(index).txt") != 0 {
                            throw Writer.failure(folder)
                        }
                    }
                )
            }
            rows = [
                .init(name: "made, ms a file", values: figures(made, tenth)),
                .init(name: "removed, ms a file", values: figures(removed, tenth)),
                .init(name: "peak memory, MB", values: [[], [], [Program.peakMemory(pid)]]),
            ]
        }
        return Table(
            title: "\(count) files of 100 bytes made, then removed, back (goal: the last cost what the first did)",
            columns: ["first tenth", "last tenth", "all"],
            rows: rows
        )
    }

    private static func figures(_ times: [Double], _ tenth: Int) -> [[Double]] {
        let each = times.map { $0 * 1000 / Double(tenth) }
        return [[each.first ?? .nan], [each.last ?? .nan], each]
    }

    private static func make(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
        guard descriptor >= 0 else { throw Writer.failure(path) }
        let bytes = [UInt8](repeating: 65, count: 100)
        guard write(descriptor, bytes, 100) == 100, close(descriptor) == 0 else { throw Writer.failure(path) }
    }
}

/// What the mount keeps in memory while much waits to be published.
enum QueuedTable {
    static func measure(_ bench: Bench) throws -> Table {
        let megabytes = bench.settings.queuedMegabytes
        var peak = Double.nan
        bench.clear("queued-cache")
        try bench.platform.delay(milliseconds: 100)
        try bench.withMount(
            cache: "queued-cache",
            options: ["--durability", "back", "--drain-timeout", "1"]
        ) { place, pid in
            let piece = max(1, megabytes / 10)
            for index in 0..<10 {
                try Writer.sequential("\(place)/bench/q\(index).bin", megabytes: piece, synchronizes: false)
            }
            peak = Program.peakMemory(pid)
            try bench.platform.delay(milliseconds: 0)
            try Program.run(bench.settings.datasetfs, ["sync", place, "--timeout", "1200"])
            for index in 0..<10 { unlink("\(place)/bench/q\(index).bin") }
        }
        return Table(
            title: "\(megabytes) MB written faster than they are published (goal: under 200 MB of memory)",
            columns: ["peak memory, MB"],
            rows: [.init(name: "datasetfs mount, back", values: [[peak]])]
        )
    }
}
