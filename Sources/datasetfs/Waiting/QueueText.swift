internal import DatasetVFS

/// Lines of a queue for people.
enum QueueText {
    /// `/run7/a.bin  uploading 45 %, 12.0 MiB of 30.0 MiB, 2.1 MiB/s, 9 s to go`
    static func line(_ line: QueueLine) -> String {
        var text = "\(line.path)  \(state(line))"
        if line.tries > 0, line.state != .uploading {
            text += " after \(line.tries) \(line.tries == 1 ? "try" : "tries")"
        }
        if let error = line.error {
            text += ": \(error)"
            if line.parked, let remedy = line.remedy { text += ". \(remedy)" }
        }
        return text
    }

    static func state(_ line: QueueLine) -> String {
        let what =
            switch line.action {
            case .create where line.kind != .file: "new \(line.kind.rawValue)"
            case .create, .replace: Size.text(line.bytes)
            case .describe: "description"
            case .remove: "removal"
            }
        guard line.state == .uploading else {
            if line.parked { return "refused, \(what)" }
            return line.error == nil ? "waits, \(what)" : "is tried again, \(what)"
        }
        guard line.bytes > 0 else { return "on its way, \(what)" }
        var text = "uploading \(min(line.sent, line.bytes) * 100 / line.bytes) %, \(Size.text(line.sent)) of \(what)"
        if let rate = line.rate { text += ", \(Size.text(UInt64(rate)))/s" }
        if let eta = line.eta { text += ", \(Span.text(eta)) to go" }
        return text
    }

    /// What is left when the waiting is over, on standard error.
    static func report(_ left: [QueueLine], on mountPoint: String, limit: Int = 20) {
        guard !left.isEmpty else { return }
        let sums = QueueSums(left)
        Console.error(
            "datasetfs: \(things(left.count)) on \(mountPoint) not published (\(Size.text(sums.bytes))):"
        )
        for line in left.prefix(limit) { Console.error("  \(Self.line(line))") }
        if left.count > limit { Console.error("  … and \(left.count - limit) more") }
        if sums.parked > 0 {
            Console.error(
                "What was refused is kept: “datasetfs retry PATH” tries it again, “export PATH DEST” copies it, “discard PATH” gives it up."
            )
        }
    }

    static func things(_ count: Int) -> String { count == 1 ? "1 change" : "\(count) changes" }
}
