/// The moment after which an operation is given up, or never.
package struct Deadline: Hashable, Sendable {
    /// Nil means that there is no end.
    package var time: MonotonicTime?

    package static let never = Deadline(time: nil)

    package init(time: MonotonicTime?) {
        self.time = time
    }

    package static func after(_ interval: Duration, on source: some TimeSource = SystemTime()) -> Deadline {
        Deadline(time: source.now() + interval)
    }

    package func hasPassed(at now: MonotonicTime) -> Bool {
        guard let time else { return false }
        return now >= time
    }

    /// What is left, nil when there is no end, zero when it has passed.
    package func remaining(at now: MonotonicTime) -> Duration? {
        guard let time else { return nil }
        return time > now ? time - now : .zero
    }

    package func earlier(_ other: Deadline) -> Deadline {
        guard let time else { return other }
        guard let otherTime = other.time else { return self }
        return Deadline(time: min(time, otherTime))
    }
}
