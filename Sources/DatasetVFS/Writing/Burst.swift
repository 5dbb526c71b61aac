internal import DatasetSync

/// Many closes in a row: how much of what they made is published meanwhile, so that uploads do not slow the program down
/// that writes; a pure value.
struct Burst: Equatable {
    /// How many may be published at once, and until when that holds if nothing else happens.
    struct Allowance: Equatable {
        var width: Int
        var end: MonotonicTime
    }

    /// So long after a close no other is expected.
    static let pause: Duration = .milliseconds(100)
    /// So long nothing is published at most.
    static let longest: Duration = .seconds(2)
    /// What is published at once while closes still come after that.
    static let width = 2

    private var start: MonotonicTime?
    private var last: MonotonicTime?

    mutating func note(at now: MonotonicTime) {
        if let last, now - last < Self.pause, start != nil {
            self.last = now
        } else {
            (start, last) = (now, now)
        }
    }

    /// Somebody waits for what was made.
    mutating func end() {
        (start, last) = (nil, nil)
    }

    /// Nil when nothing is held back.
    func allowance(at now: MonotonicTime) -> Allowance? {
        guard let start, let last, now < last + Self.pause else { return nil }
        let firstUpload = start + Self.longest
        return now < firstUpload
            ? Allowance(width: 0, end: min(last + Self.pause, firstUpload))
            : Allowance(width: Self.width, end: last + Self.pause)
    }
}
