import Foundation

/// One large file: written into the mount beside written to the disk itself, then brought to the store beside curl.
enum LargeWriteTable {
    static func measure(_ bench: Bench) throws -> Table {
        let megabytes = bench.settings.writtenMegabytes
        let size = Double(megabytes)
        var rows: [(String, [Double], [Double])] = [
            ("disk, write and fsync", [], []), ("datasetfs mount, back: until close returns", [], []),
            ("rclone mount, writes: until close returns", [], []),
            ("curl PUT of the parts, 6 at once", [], []), ("datasetfs mount: upload behind", [], []),
            ("openssl md5 of the parts, 6 at once, then curl", [], []),
        ]
        for _ in 0..<bench.settings.repeats {
            let plain = bench.directory + "/plain.bin"
            try prepare(bench)
            rows[0].1.append(
                size / (try seconds { try Writer.sequential(plain, megabytes: megabytes, synchronizes: true) })
            )
            bench.clear("write-cache")
            try prepare(bench)
            try bench.withMount(cache: "write-cache", options: ["--durability", "back"]) { place, pid in
                let file = place + "/bench/written.bin"
                var closed = 0.0
                let whole = try seconds {
                    closed = try seconds { try Writer.sequential(file, megabytes: megabytes, synchronizes: false) }
                    try Program.run(bench.settings.datasetfs, ["sync", place, "--timeout", "600"])
                }
                rows[1].1.append(size / closed)
                rows[1].2.append(Program.peakMemory(pid))
                rows[4].1.append(size / (whole - closed))
                rows[4].2.append(Program.peakMemory(pid))
                unlink(file)
                try Program.run(bench.settings.datasetfs, ["sync", place, "--timeout", "60"])
            }
            try prepare(bench)
            let upload = try PartUpload.measure(bench, plain)
            rows[3].1.append(size / upload.sending)
            rows[5].1.append(size / (upload.hashing + upload.sending))
            unlink(plain)
            try prepare(bench)
            _ = try WebDAVPeer.with(bench) { place, _ in
                let file = place + "/written.bin"
                let time = try seconds { try Writer.sequential(file, megabytes: megabytes, synchronizes: false) }
                rows[2].1.append(size / time)
            }
        }
        return Table(
            title:
                "sequential write of \(megabytes) MB (goals: 0.8 of the disk until close; upload 0.9 of curl PUT as parallel)",
            columns: ["MB/s", "peak memory, MB"],
            rows: rows.map { .init(name: $0.0, values: [$0.1, $0.2]) },
            reference: rows[0].0,
            notes: [
                "upload against curl PUT: ratio "
                    + Table.number(Table.median(rows[4].1) / Table.median(rows[3].1))
                    + "; against MD5 and curl PUT, which the platform asks for: ratio "
                    + Table.number(Table.median(rows[4].1) / Table.median(rows[5].1)),
                "Before each run: everything written to the disk, memory of twice the file's size touched.",
                "The mount's close returns when the bytes are on the disk and in the journal; the peer syncs nothing.",
            ]
        )
    }

    private static func prepare(_ bench: Bench) throws {
        sync()
        try Memory.touch(bench.settings.writtenMegabytes * 2_000_000)
    }
}

/// What curl reaches with the same parts, 6 at a time: creating and completing are not counted.
enum PartUpload {
    /// - Returns: Seconds.
    static func measure(_ bench: Bench, _ file: String) throws -> (hashing: Double, sending: Double) {
        let parts = bench.directory + "/parts"
        try? FileManager.default.removeItem(atPath: parts)
        try FileManager.default.createDirectory(atPath: parts, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: parts) }
        let count = max(1, (bench.settings.writtenMegabytes * 1_000_000 + (10 << 20) - 1) / (10 << 20))
        let size = (bench.settings.writtenMegabytes * 1_000_000 + count - 1) / count
        try Program.run("/usr/bin/split", ["-b", "\(size)", "-d", "-a", "4", file, parts + "/p"])
        let names = try FileManager.default.contentsOfDirectory(atPath: parts).sorted()
        let hash = "openssl md5 -binary '\(parts)/{}' | base64 > '\(parts)/{}.md5'"
        try (names.joined(separator: "\n") + "\n").write(toFile: parts + "/names", atomically: true, encoding: .utf8)
        let hashing = try seconds {
            try Program.run("/bin/sh", ["-c", "xargs -P 6 -d '\\n' -I{} sh -c \"\(hash)\" < '\(parts)/names'"])
        }
        let hashes = try names.map { name in
            try String(contentsOfFile: "\(parts)/\(name).md5", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let addresses = try bench.platform.initiate(dataset: bench.dataset, hashes: hashes)
        var list = ""
        for (index, name) in names.enumerated() {
            // Without waiting for “100 Continue”, as the mount.
            list +=
                "curl -sS -f -o /dev/null -H 'Expect:' -H 'Content-MD5: \(hashes[index])' -T '\(parts)/\(name)' '\(addresses[index])'\n"
        }
        try list.write(toFile: parts + "/list", atomically: true, encoding: .utf8)
        let sending = try seconds {
            try Program.run("/bin/sh", ["-c", "xargs -P 6 -d '\\n' -I{} sh -c '{}' < '\(parts)/list'"])
        }
        return (hashing, sending)
    }
}
