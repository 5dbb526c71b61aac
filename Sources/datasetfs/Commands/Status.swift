internal import ArgumentParser
internal import DatasetFUSE
internal import DatasetVFS
internal import FoundationEssentials
internal import Glibc

/// `datasetfs status [DIR]`.
struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is mounted and how it is doing.",
        discussion: "Without DIR every mount is shown. Exit status 1 when there is none or one does not answer."
    )

    @Argument(help: ArgumentHelp("A mount point, or any path below it.", valueName: "dir"))
    var directory: String?

    @Flag(help: "As JSON: an array with one object a mount.")
    var json = false

    func run() throws {
        let mounts = try selected()
        let rows = mounts.map { Row(mountPoint: $0.path, source: $0.source, status: ControlFiles.status(of: $0.path)) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Console.output(String(decoding: try encoder.encode(rows), as: UTF8.self))
        } else if rows.isEmpty {
            Console.output("Nothing is mounted.")
        } else {
            for row in rows { Console.output(row.text) }
        }
        if rows.isEmpty || rows.contains(where: { $0.status == nil && !$0.isForeign }) {
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }

    private func selected() throws(Failure) -> [MountRecord] {
        guard let directory else { return Mounts.datasets() }
        guard let mount = Mounts.find(directory) else {
            throw Failure(.mountPointUnusable, MountError.notMounted(directory).description)
        }
        return [mount]
    }

    private struct Row: Encodable {
        var mountPoint: String
        var source: String
        var status: StatusReport?

        /// Made by another user and not opened to this one: neither to be asked nor to be mended.
        var isForeign: Bool {
            guard status == nil else { return false }
            return unsafe access(mountPoint, X_OK) != 0 && errno == EACCES
        }

        enum CodingKeys: String, CodingKey {
            case source, status
            case mountPoint = "mount_point"
        }

        var text: String {
            if isForeign { return "\(source) on \(mountPoint): another user's" }
            guard let status else {
                return "\(source) on \(mountPoint): does not answer; clear it with “datasetfs unmount \(mountPoint)”"
            }
            let transfers = status.transfers
            return """
                \(source) on \(mountPoint): \(status.health), process \(status.processID), since \(status.startedAt)
                  transfers  \(transfers.requests) requests, \(Size.text(transfers.bytesReceived)) received
                  cache      \(Size.text(status.cache.bytes)) in \(status.cache.files) files, \(status.cache.directory)
                  open       \(status.kernel.openFiles) files, \(status.kernel.openDirectories) directories
                  errors     \(status.errors)\(status.errors > 0 ? " (datasetfs why \(mountPoint) shows them)" : "")
                """
        }
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
