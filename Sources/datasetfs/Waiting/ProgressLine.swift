internal import DatasetVFS
internal import Glibc

/// One line on a terminal that tells how far the uploads are, drawn over itself.
struct ProgressLine {
    private let descriptor: Int32

    /// - Returns: Nil where nobody watches.
    static var forTerminal: ProgressLine? {
        isatty(STDERR_FILENO) != 0 ? ProgressLine(descriptor: STDERR_FILENO) : nil
    }

    /// - Parameter first: What there was in the beginning.
    func show(_ left: [QueueLine], of first: [QueueLine]) {
        let sums = QueueSums(left)
        let total = max(QueueSums(first).bytes, sums.bytes)
        let done = total - sums.bytes + sums.sent
        var text = "\(Bar.text(done, of: total, width: 20)) \(left.count) left, "
        text += "\(Size.text(done)) of \(Size.text(total))"
        if let rate = sums.rate { text += ", \(Size.text(rate))/s" }
        if let eta = sums.eta { text += ", \(Span.text(eta)) to go" }
        if sums.parked > 0 { text += ", \(sums.parked) refused" }
        Console.write("\r\u{1B}[K" + String(text.prefix(Terminal.width(of: descriptor) - 1)), to: descriptor)
    }

    func clear() {
        Console.write("\r\u{1B}[K", to: descriptor)
    }
}

/// `[######··············]`
enum Bar {
    static func text(_ done: UInt64, of total: UInt64, width: Int) -> String {
        let full = total == 0 ? 0 : Int(Double(min(done, total)) / Double(total) * Double(width))
        return "[" + String(repeating: "#", count: full) + String(repeating: "·", count: width - full) + "]"
    }
}

enum Terminal {
    static func width(of descriptor: Int32) -> Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    static func height(of descriptor: Int32) -> Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return 24 }
        return Int(size.ws_row)
    }
}
