import ArgumentParser
import Foundation

/// Measures the mount and its peers on the same bytes in the same run, interleaved, and prints tables.
@main
struct Benchmarks: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Benchmarks",
        abstract: "Measure datasetfs against curl and rclone on a local platform.",
        discussion: "Run it by mount-scripts/bench.sh, which builds and installs what it needs."
    )

    @Option(help: "The datasetfs program.") var datasetfs: String
    @Option(help: "The datasetfs-server program.") var server: String
    @Option(help: "The rclone program; without it the peer's rows are left out.") var rclone: String?
    @Option(help: "Size of the large file in MB.") var megabytes = 2000
    @Option(help: "Entries of the large dataset.") var entries = 100_000
    @Option(help: "MB of the file that is written.") var writtenMegabytes = 1000
    @Option(help: "Files that are made and removed.") var files = 10_000
    @Option(help: "MB that wait in the queue while memory is looked at.") var queuedMegabytes = 5000
    @Option(help: "Repeats of each measurement.") var repeats = 3
    @Option(help: "Connections of the mount's and of curl's transfers.") var connections = 4
    @Option(help: "Only the tables whose name contains this.") var only: String?
    @Option(help: "Also write the rows to this file as JSON.") var json: String?

    func run() throws {
        let bench = try Bench(self)
        defer { bench.tearDown() }
        print(Machine.line)
        var tables: [Table] = []
        let all: [(String, (Bench) throws -> Table)] = [
            ("mount", MountTable.measure), ("listing", ListingTable.measure),
            ("sequential", SequentialTable.measure), ("random", RandomTable.measure),
            ("write-large", LargeWriteTable.measure), ("write-small", SmallWriteTable.measure),
            ("write-latency", LatencyTable.measure), ("write-many", ManyFilesTable.measure),
            ("write-queued", QueuedTable.measure),
        ]
        for (name, measure) in all where only.map({ name.contains($0) }) ?? true {
            let table = try measure(bench)
            print("\n" + table.text)
            // Whoever watches a file or a pipe sees each table when it is there.
            fflush(nil)
            tables.append(table)
        }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(tables).write(to: URL(fileURLWithPath: json))
        }
    }
}
