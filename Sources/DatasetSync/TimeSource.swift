internal import Glibc

/// A point on the machine's monotonic clock, in nanoseconds since an arbitrary origin.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package var nanoseconds: UInt64

    package init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    package static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Saturates at the ends of the clock: a far deadline is "never", not a trap.
    package static func + (time: MonotonicTime, interval: Duration) -> MonotonicTime {
        let step = interval.clampedNanoseconds
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(step)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }

    package static func - (left: MonotonicTime, right: MonotonicTime) -> Duration {
        left >= right
            ? .nanoseconds(Int64(clamping: left.nanoseconds - right.nanoseconds))
            : .zero - .nanoseconds(Int64(clamping: right.nanoseconds - left.nanoseconds))
    }
}

extension Duration {
    /// The length in nanoseconds, 0 for a negative one, saturated at `UInt64.max`.
    package var clampedNanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds > 0 || (seconds == 0 && attoseconds > 0) else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return .max }
        let (sum, carry) = whole.addingReportingOverflow(UInt64(attoseconds / 1_000_000_000))
        return carry ? .max : sum
    }

    /// The length in seconds as a floating-point number, for messages and rates.
    package var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

/// Where time comes from, injected so that tests move it by hand.
package protocol TimeSource: Sendable {
    /// The monotonic clock: for deadlines, ages within this process and rates.
    func now() -> MonotonicTime

    /// Nanoseconds since 1970-01-01T00:00:00Z: for what is kept across processes and shown to people.
    func wallNanoseconds() -> Int64
}

/// The machine's clocks: `CLOCK_MONOTONIC` and `CLOCK_REALTIME`.
package struct SystemTime: TimeSource {
    package init() {}

    package func now() -> MonotonicTime {
        var value = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &value)
        return MonotonicTime(nanoseconds: UInt64(value.tv_sec) * 1_000_000_000 + UInt64(value.tv_nsec))
    }

    package func wallNanoseconds() -> Int64 {
        var value = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &value)
        return Int64(value.tv_sec) * 1_000_000_000 + Int64(value.tv_nsec)
    }
}
