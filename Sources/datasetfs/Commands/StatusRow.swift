internal import DatasetFUSE
internal import DatasetVFS

/// One mount as `datasetfs status` shows it.
struct StatusRow: Encodable {
    var mountPoint: String
    var source: String
    var status: StatusReport?
    /// What is on its way to the store; nil where the mount only reads or does not answer.
    var queue: [QueueLine]?
    var isForeign: Bool

    init(_ mount: MountRecord) {
        mountPoint = mount.path
        source = mount.source
        status = ControlFiles.status(of: mount.path)
        queue = status?.writing == nil ? nil : ControlFiles.queue(of: mount.path)
        isForeign = status == nil && mount.isForeign
    }

    enum CodingKeys: String, CodingKey {
        case source, status, queue
        case mountPoint = "mount_point"
    }

    /// Changes that are shown one by one.
    private static let shown = 10

    var text: String {
        if isForeign { return "\(source) on \(mountPoint): another user's" }
        guard let status else {
            return "\(source) on \(mountPoint): does not answer; clear it with “datasetfs unmount \(mountPoint)”"
        }
        let transfers = status.transfers
        var lines = [
            "\(source) on \(mountPoint): \(health(of: status)), process \(status.processID), since \(status.startedAt)",
            "  transfers  \(transfers.requests) requests, \(Size.text(transfers.bytesReceived)) received, \(Size.text(transfers.bytesSent)) sent",
            "  cache      \(Size.text(status.cache.bytes)) in \(status.cache.files) files, \(status.cache.directory)",
        ]
        if let trouble = status.cache.trouble {
            lines.append("             not all can be kept there, which stops nothing: \(trouble)")
        }
        lines.append("  open       \(status.kernel.openFiles) files, \(status.kernel.openDirectories) directories")
        lines += writing(status.writing)
        lines.append(
            "  errors     \(status.errors)\(status.errors > 0 ? " (datasetfs why \(mountPoint) shows them)" : "")"
        )
        return lines.joined(separator: "\n")
    }

    private func health(of status: StatusReport) -> String {
        status.offlineSince.map { "\(status.health) since \($0)" } ?? status.health
    }

    private func writing(_ writing: StatusReport.Writing?) -> [String] {
        guard let writing else { return ["  writing    not on this mount"] }
        let queue = self.queue ?? []
        let sums = QueueSums(queue)
        guard !queue.isEmpty else { return ["  writing    \(writing.durability), everything is at the store"] }
        var lines = ["  writing    \(writing.durability), \(sums.text)"]
        lines.append("             \(Size.text(writing.bytesKept)) kept in \(writing.directory)")
        // Under way first, then what needs somebody, then the rest.
        let order = queue.filter { $0.state == .uploading } + queue.filter { $0.state == .error }
        let shown = (order + queue.filter { $0.state == .queued }).prefix(Self.shown)
        lines += shown.map { "    " + QueueText.line($0) }
        if queue.count > shown.count { lines.append("    … and \(queue.count - shown.count) more") }
        return lines
    }
}

extension QueueSums {
    /// `12 waiting (3 uploading, 1 refused), 45.0 MiB of 1.2 GiB sent, 12.3 MiB/s, 1:35 to go, the oldest since …`
    var text: String {
        var parts: [String] = []
        if uploading > 0 { parts.append("\(uploading) uploading") }
        if failing > 0 { parts.append("\(failing) tried again") }
        if parked > 0 { parts.append("\(parked) refused") }
        var text = "\(QueueText.things(count)) waiting\(parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")"
        if bytes > 0 { text += ", \(Size.text(sent)) of \(Size.text(bytes)) sent" }
        if let rate { text += ", \(Size.text(rate))/s" }
        if let eta { text += ", \(Span.text(eta)) to go" }
        if let oldest { text += ", the oldest since \(oldest)" }
        return text
    }
}

/// Bytes for people: `4096 B`, `1.5 MiB`.
enum Size {
    static func text(_ bytes: UInt64) -> String {
        let units = ["KiB", "MiB", "GiB", "TiB", "PiB"]
        guard bytes >= 10_000 else { return "\(bytes) B" }
        var tenths = bytes / 1024 * 10 + bytes % 1024 * 10 / 1024
        var unit = 0
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1024
            unit += 1
        }
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }
}
