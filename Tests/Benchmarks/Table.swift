import Foundation

/// One measured thing: a row a contender, a column a figure with its least, middle and greatest value.
struct Table: Codable {
    struct Row: Codable {
        var name: String
        /// By column; one value a repeat.
        var values: [[Double]]
    }

    var title: String
    var columns: [String]
    var rows: [Row] = []
    /// What the rows are divided by: the first row of that name.
    var reference: String?
    var notes: [String] = []

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    var text: String {
        var lines = [title, "| |" + columns.map { " \($0) |" }.joined()]
        lines.append("|---|" + columns.map { _ in "---|" }.joined())
        let base = rows.first { $0.name == reference }
        for row in rows {
            let cells = row.values.indices.map { column -> String in
                let values = row.values[column]
                guard !values.isEmpty else { return " – |" }
                let middle = Self.median(values)
                var cell = Self.number(middle)
                if values.count > 1 {
                    cell += " (\(Self.number(values.min() ?? .nan))–\(Self.number(values.max() ?? .nan)))"
                }
                if column == 0, let base, base.name != row.name, let other = base.values.first {
                    cell += ", ratio \(Self.number(middle / Self.median(other)))"
                }
                return " \(cell) |"
            }
            lines.append("| \(row.name) |" + cells.joined())
        }
        return (lines + notes).joined(separator: "\n")
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "–" }
        if abs(value) >= 100 || value == value.rounded() { return String(format: "%.0f", value) }
        return String(format: abs(value) >= 10 ? "%.1f" : "%.2f", value)
    }
}

enum Machine {
    /// What the figures were measured on.
    static var line: String {
        let info = ProcessInfo.processInfo
        let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? "?"
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first ?? "?"
        return "\(info.activeProcessorCount) cores, \(info.physicalMemory >> 30) GiB, kernel "
            + kernel.trimmingCharacters(in: .whitespacesAndNewlines) + ", load \(load)"
    }
}
