internal import DatasetSync

/// Many closes in a row: what they made is published when they pause, so that uploads do not slow the program down that
/// writes; a pure value.
struct Burst: Equatable {
    /// So long after a close no other is expected.
    static let pause: Duration = .milliseconds(100)
    /// So long publishing is held back at most.
    static let longest: Duration = .seconds(2)

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

    /// Until when nothing is to be published; nil when nothing is held back.
    func holds(at now: MonotonicTime) -> MonotonicTime? {
        guard let start, let last else { return nil }
        let end = min(last + Self.pause, start + Self.longest)
        return now < end ? end : nil
    }
}
