/// `metrics`: the numbers of `status`, in the text format that Prometheus reads
/// (prometheus.io/docs/instrumenting/exposition_formats).
enum Metrics {
    static func text(_ report: StatusReport, startedAt: Int64) -> [UInt8] {
        var text = MetricsText()
        text.gauge("up", "1 while the store can be reached.", report.health == "online" ? 1 : 0)
        text.gauge("start_time_seconds", "When the mount was made, in seconds since 1970.", Double(startedAt) / 1e9)
        text.counter("requests_total", "Requests made to the store.", Double(report.transfers.requests))
        text.counter("received_bytes_total", "Bytes received.", Double(report.transfers.bytesReceived))
        text.counter("sent_bytes_total", "Bytes sent.", Double(report.transfers.bytesSent))
        text.gauge("cache_bytes", "Bytes of contents in the cache.", Double(report.cache.bytes))
        text.gauge("cache_files", "Contents in the cache.", Double(report.cache.files))
        text.gauge("known_inodes", "Inodes that the kernel holds or that are open.", Double(report.kernel.knownInodes))
        text.gauge("open_files", "Files that are open.", Double(report.kernel.openFiles))
        text.gauge("open_directories", "Directories that are open.", Double(report.kernel.openDirectories))
        text.gauge("errors", "Errors on record.", Double(report.errors))
        if let writing = report.writing {
            text.gauge("unpublished", "Things that the store does not have yet.", Double(writing.waiting))
            text.gauge("uploading", "Of them, those on their way.", Double(writing.uploading))
            text.gauge("failed", "Of them, those that were refused or failed.", Double(writing.failed))
            text.gauge("unpublished_bytes", "Bytes of their contents.", Double(writing.bytes))
            text.gauge("unpublished_sent_bytes", "Of those, bytes that the store has.", Double(writing.sent))
            text.gauge("kept_bytes", "Bytes of unpublished content on this machine's disk.", Double(writing.bytesKept))
        }
        return text.bytes
    }
}

/// Builds the text, family by family.
private struct MetricsText {
    private(set) var bytes: [UInt8] = []

    mutating func gauge(_ name: String, _ help: String, _ value: Double) { add(name, "gauge", help, value) }

    mutating func counter(_ name: String, _ help: String, _ value: Double) { add(name, "counter", help, value) }

    private mutating func add(_ name: String, _ type: String, _ help: String, _ value: Double) {
        let name = "datasetfs_\(name)"
        let isWhole = value == value.rounded() && abs(value) < 1e15
        let number = isWhole ? String(Int64(value)) : String(value)
        bytes += Array("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(number)\n".utf8)
    }
}
