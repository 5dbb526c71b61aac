internal import DatasetFUSE
internal import DatasetVFS
internal import Glibc

/// Shows mounts again and again: redrawn on a terminal, a line a mount elsewhere.
struct StatusWatch {
    let interval: Duration
    let select: () throws(Failure) -> [MountRecord]

    /// Ends with the mounts, or by a signal.
    func run() throws {
        let isTerminal = isatty(STDOUT_FILENO) != 0
        var seen = false
        while true {
            let mounts: [MountRecord]
            do throws(Failure) {
                mounts = try select()
            } catch {
                // There was one: that it goes is what was waited for.
                if seen { return }
                throw error
            }
            guard !mounts.isEmpty else {
                if !seen { throw Failure(.failed, "nothing is mounted.") }
                return
            }
            seen = true
            let rows = mounts.map(StatusRow.init)
            if isTerminal {
                draw(rows)
            } else {
                for row in rows { Console.output(line(row)) }
            }
            Pause.take(interval)
        }
    }

    private func draw(_ rows: [StatusRow]) {
        let width = Terminal.width(of: STDOUT_FILENO)
        let height = Terminal.height(of: STDOUT_FILENO)
        let share = max(1, (height - 1) / rows.count - 2)
        var lines: [String] = []
        for row in rows {
            lines.append(line(row))
            let queue = row.queue ?? []
            let order = queue.filter { $0.state == .uploading } + queue.filter { $0.state != .uploading }
            lines += order.prefix(share).map { "  \(Bar.text($0.sent, of: $0.bytes, width: 16)) \(QueueText.line($0))" }
            if order.count > share { lines.append("  … and \(order.count - share) more") }
        }
        let shown = lines.prefix(height - 1).map { String($0.prefix(width)) + "\u{1B}[K" }
        // To the corner, each line over the old one, what is left of the old picture away.
        Console.write("\u{1B}[H" + shown.joined(separator: "\n") + "\n\u{1B}[J", to: STDOUT_FILENO)
    }

    private func line(_ row: StatusRow) -> String {
        guard let status = row.status else {
            return "\(row.source) on \(row.mountPoint): \(row.isForeign ? "another user's" : "does not answer")"
        }
        var text = "\(row.source) on \(row.mountPoint): \(status.health)"
        guard let queue = row.queue else { return text + ", read-only" }
        text += queue.isEmpty ? ", everything is at the store" : ", \(QueueSums(queue).text)"
        return text
    }
}
