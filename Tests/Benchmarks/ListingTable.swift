import Foundation

/// Listing a large dataset: cold, again, and by a second mount with the platform stopped from answering nothing new.
enum ListingTable {
    static func measure(_ bench: Bench) throws -> Table {
        let count = bench.settings.entries
        let dataset = try bench.platform.makeDataset("large")
        try bench.platform.fill(dataset, entries: count)
        var rows = [
            "the root, cold", "names, cold", "names, again", "ls -l, after the names", "names, second mount",
            "ls -l, second mount",
        ].map { Table.Row(name: $0, values: [[], [], []]) }
        for _ in 0..<bench.settings.repeats {
            bench.clear("list-cache")
            try bench.withMount(cache: "list-cache") { place, _ in
                try note(bench, &rows[0]) { try Program.run("/bin/ls", [place]) }
                try note(bench, &rows[1]) { try find(place + "/large", count) }
                try note(bench, &rows[2]) { try find(place + "/large", count) }
                try note(bench, &rows[3]) { try Program.run("/bin/ls", ["-l", place + "/large"]) }
            }
            try bench.withMount(cache: "list-cache") { place, _ in
                try note(bench, &rows[4]) { try find(place + "/large", count) }
                try note(bench, &rows[5]) { try Program.run("/bin/ls", ["-l", place + "/large"]) }
            }
        }
        return Table(
            title: "listing \(count) text entries of one dataset (goal: one dataset request cold, none when known)",
            columns: ["s", "dataset requests", "other requests"],
            rows: rows,
            notes: [
                "Nothing lists an account's datasets: the root searches through all entries, 1000 a request, and asks each dataset for its name.",
                "A known listing is shown at once and, when it is older than the attribute lifetime and than ten times what it took, renewed behind the reader.",
            ]
        )
    }

    private static func find(_ path: String, _ count: Int) throws {
        let names = try Program.run("/usr/bin/find", [path, "-mindepth", "1", "-printf", "x"])
        guard names.utf8.count == count else {
            throw BenchmarkError(description: "\(names.utf8.count) of \(count) entries were listed")
        }
    }

    private static func note(_ bench: Bench, _ row: inout Table.Row, _ body: () throws -> Void) throws {
        let before = try bench.platform.requests()
        row.values[0].append(try seconds(body))
        // The two logins and looks at the counters are the measurement's own and not counted by the platform.
        let after = try bench.platform.requests()
        row.values[1].append(after.dataset - before.dataset)
        row.values[2].append(after.other - before.other)
    }
}
