import Foundation

/// `cp -r` of a folder of small files.
enum SmallWriteTable {
    static let count = 1000

    static func measure(_ bench: Bench) throws -> Table {
        let source = bench.directory + "/small"
        try Writer.folder(source, files: count, bytes: 10_240)
        var rows: [(String, [Double], [Double])] = [
            ("rclone mount, writes", [], []), ("datasetfs mount, back", [], []),
            ("the disk itself, nothing synced", [], []),
        ]
        for repeats in 0..<bench.settings.repeats {
            bench.clear("small-cache")
            try bench.withMount(cache: "small-cache", options: ["--durability", "back"]) { place, _ in
                let target = place + "/bench/small\(repeats)"
                var copied = 0.0
                let whole = try seconds {
                    copied = try seconds { try Program.run("/bin/cp", ["-r", source, target]) }
                    try Program.run(bench.settings.datasetfs, ["sync", place, "--timeout", "120"])
                }
                rows[1].1.append(Double(count) / copied)
                rows[1].2.append(Double(count) / whole)
            }
            _ = try WebDAVPeer.with(bench) { place, served in
                var copied = 0.0
                let whole = try seconds {
                    copied = try seconds { try Program.run("/bin/cp", ["-r", source, place + "/small"]) }
                    try WebDAVPeer.wait {
                        (try? FileManager.default.contentsOfDirectory(atPath: served + "/small").count) == count
                    }
                }
                rows[0].1.append(Double(count) / copied)
                rows[0].2.append(Double(count) / whole)
            }
            let plain = bench.directory + "/small-copy"
            rows[2].1.append(Double(count) / (try seconds { try Program.run("/bin/cp", ["-r", source, plain]) }))
            try FileManager.default.removeItem(atPath: plain)
        }
        return Table(
            title:
                "cp -r of \(count) files of 10 KB (goal: 1.5 of the peer; every close here is on the disk, the peer syncs nothing)",
            columns: ["files/s until cp ends", "files/s until all are at the store"],
            rows: rows.map { .init(name: $0.0, values: [$0.1, $0.2]) },
            reference: rows[0].0
        )
    }
}

/// The same until all is at a store that takes 20 ms longer for each answer, beside a client that sends one after the other.
enum LatencyTable {
    static func measure(_ bench: Bench) throws -> Table {
        let (many, few) = (500, 25)
        let source = bench.directory + "/texts"
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
        for index in 0..<many {
            try String(repeating: "one line of text, \(index)\n", count: 400)
                .write(toFile: source + "/t\(index).txt", atomically: false, encoding: .utf8)
        }
        try bench.platform.delay(milliseconds: 20)
        defer { try? bench.platform.delay(milliseconds: 0) }
        var rows: [(String, [Double])] = [("one request after the other", []), ("datasetfs mount, back", [])]
        for repeats in 0..<bench.settings.repeats {
            rows[0].1.append(Double(few) / (try bench.platform.makeTexts(few, dataset: bench.dataset)))
            bench.clear("latency-cache")
            try bench.withMount(cache: "latency-cache", options: ["--durability", "back"]) { place, _ in
                let time = try seconds {
                    try Program.run("/bin/cp", ["-r", source, place + "/bench/texts\(repeats)"])
                    try Program.run(bench.settings.datasetfs, ["sync", place, "--timeout", "120"])
                }
                rows[1].1.append(Double(many) / time)
            }
        }
        return Table(
            title:
                "\(many) text files of 10 KB until all are at the store, each answer 20 ms late (goal: 10 of one after the other)",
            columns: ["files/s"],
            rows: rows.map { .init(name: $0.0, values: [$0.1]) },
            reference: rows[0].0,
            notes: ["One after the other on one kept connection: what a client does that waits for each answer."]
        )
    }
}
