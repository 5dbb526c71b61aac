import Foundation

/// Single blocks of a large file, each somewhere else.
enum RandomTable {
    static func measure(_ bench: Bench) throws -> Table {
        let count = 1000
        let size = bench.settings.megabytes * 1_000_000
        var table = Table(
            title:
                "\(count) random reads of 4 KiB from \(bench.settings.megabytes) MB, cold (goal: a miss costs one block)",
            columns: ["reads/s", "KiB on the wire per read", "requests per read"]
        )
        var ours = [[Double]](repeating: [], count: 3)
        var tail = [Double]()
        var peer = [[Double]](repeating: [], count: 3)
        for repetition in 0..<bench.settings.repeats {
            var generator = SplitMix(seed: UInt64(repetition + 1))
            let offsets = (0..<count).map { _ in Int(generator.next() % UInt64(size / 4096)) * 4096 }
            bench.clear("random-cache")
            try bench.withMount(cache: "random-cache") { place, _ in
                let file = place + "/bench/big.bin"
                let start = try bench.traffic()
                try Reader.random(file, [size - 4096])
                tail.append((try bench.traffic().bytes - start.bytes) / 1024)
                let before = try bench.traffic()
                let time = try seconds { try Reader.random(file, offsets) }
                let after = try bench.traffic()
                ours[0].append(Double(count) / time)
                ours[1].append((after.bytes - before.bytes) / 1024 / Double(count))
                ours[2].append((after.requests - before.requests) / Double(count))
            }
            _ = try bench.withPeer(["--vfs-cache-mode", "full"]) { place, pid in
                let before = Network.loopbackBytes
                let time = try seconds { try Reader.random(place + "/big.bin", offsets) }
                peer[0].append(Double(count) / time)
                peer[1].append((Network.loopbackBytes - before) / 1024 / Double(count))
            }
        }
        table.rows = [.init(name: "datasetfs mount", values: ours)]
        if bench.settings.rclone != nil { table.rows.append(.init(name: "rclone mount, cache full", values: peer)) }
        table.reference = "rclone mount, cache full"
        table.notes = [
            "The last 4 KiB of the file, freshly mounted: \(Table.number(Table.median(tail))) KiB on the wire.",
            "The peer's bytes are those of the loopback interface during its reads.",
        ]
        return table
    }
}

/// Offsets that are the same in every run.
struct SplitMix {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

enum Network {
    /// Bytes received on the loopback interface since it came up.
    static var loopbackBytes: Double {
        let text = (try? String(contentsOfFile: "/sys/class/net/lo/statistics/rx_bytes", encoding: .utf8)) ?? ""
        return Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? .nan
    }
}
