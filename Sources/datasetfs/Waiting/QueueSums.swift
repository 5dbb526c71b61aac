internal import DatasetVFS

/// What the lines of a queue come to.
struct QueueSums: Equatable {
    var count = 0
    var uploading = 0
    /// Tried again by themselves.
    var failing = 0
    /// Refused: they wait for somebody to say what is to become of them.
    var parked = 0
    var bytes: UInt64 = 0
    var sent: UInt64 = 0
    /// Bytes a second, of all uploads under way; nil when no byte moves.
    var rate: UInt64?
    /// Seconds until what is not refused is published at this rate.
    var eta: Double?
    /// When the oldest was written, RFC 3339.
    var oldest: String?

    init(_ lines: [QueueLine]) {
        var perSecond = 0.0
        var toGo: UInt64 = 0
        for line in lines {
            count += 1
            bytes += line.bytes
            sent += min(line.sent, line.bytes)
            if line.state == .uploading { uploading += 1 }
            if line.parked {
                parked += 1
            } else {
                toGo += line.bytes - min(line.sent, line.bytes)
                if line.error != nil { failing += 1 }
            }
            perSecond += line.rate ?? 0
            if let since = line.since { oldest = min(oldest ?? since, since) }
        }
        guard perSecond >= 1 else { return }
        rate = UInt64(perSecond)
        eta = Double(toGo) / perSecond
    }
}

/// Seconds for people: `8 s`, `1:05`, `2:00:00`.
enum Span {
    static func text(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 360_000 else { return "days" }
        let whole = Int(seconds.rounded(.up))
        guard whole >= 60 else { return "\(whole) s" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
    }
}
