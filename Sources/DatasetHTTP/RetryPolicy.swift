package import DatasetSync

/// Decides, for one request, whether and when to send it again: a value without a clock, a dice or a socket.
///
/// Delays double from attempt to attempt and are drawn evenly between nothing and that bound ("full jitter"), so that
/// many clients that failed together do not come back together.
package struct RetryPolicy: Sendable {
    package struct Limits: Sendable {
        /// Bound of the first delay.
        package var firstDelay: Duration = .milliseconds(200)
        /// Bound that the doubling stops at.
        package var longestDelay: Duration = .seconds(15)
        /// A server that asks for more patience than this is taken to be down.
        package var longestRetryAfter: Duration = .seconds(300)
        /// So long after an attempt began that found no host or no connection, others follow; then it is taken to be away,
        /// which people want to be told sooner than that an answering server has troubles.
        package var longestOutage: Duration = .seconds(5)
        /// Attempts for a request that has no deadline; with one, time is the only limit.
        package var attemptsWithoutDeadline: Int = 6

        package init() {}
    }

    package enum Outcome: Sendable, Equatable {
        case failed(HTTPError.Code)
        /// - Parameter retryAfter: What the field `Retry-After` asks for; nil without one.
        case answered(status: Int, retryAfter: Duration?)
    }

    package enum Action: Sendable, Equatable {
        case retry(after: Duration)
        case giveUp
    }

    private let limits: Limits
    private let isIdempotent: Bool
    private let deadline: Deadline
    private var attempts = 0
    private var untrusted = 0
    private var attemptBegan: MonotonicTime?
    private var outageBegan: MonotonicTime?

    /// - Parameter start: When the first attempt begins; nil counts outages from the first failure.
    package init(
        isIdempotent: Bool,
        deadline: Deadline,
        limits: Limits = Limits(),
        start: MonotonicTime? = nil
    ) {
        attemptBegan = start
        self.isIdempotent = isIdempotent
        self.deadline = deadline
        self.limits = limits
    }

    /// Statuses that may be another the next time: the server, or one on the way to it, was in trouble.
    package static func isRetriable(status: Int) -> Bool {
        [408, 429, 500, 502, 503, 504].contains(status)
    }

    /// What to do after an attempt that did not succeed.
    ///
    /// - Parameter random: Evenly from 0 to 1.
    package mutating func next(after outcome: Outcome, at now: MonotonicTime, random: Double) -> Action {
        attempts += 1
        outageBegan = Self.isOutage(outcome) ? outageBegan ?? attemptBegan ?? now : nil
        guard mayRepeat(outcome), deadline.time != nil || attempts < limits.attemptsWithoutDeadline else {
            return .giveUp
        }
        let delay = asked(outcome) + bound * min(max(random, 0), 1)
        let next = now + delay
        guard asked(outcome) <= limits.longestRetryAfter, !deadline.hasPassed(at: next),
            outageBegan.map({ next - $0 <= limits.longestOutage }) ?? true
        else { return .giveUp }
        attemptBegan = next
        return .retry(after: delay)
    }

    private static func isOutage(_ outcome: Outcome) -> Bool {
        outcome == .failed(.unresolvedHost) || outcome == .failed(.unreachable)
    }

    private var bound: Duration {
        // Beyond 20 doublings every sensible bound is reached; shifting further would overflow.
        min(limits.firstDelay * (1 << min(attempts - 1, 20)), limits.longestDelay)
    }

    private func asked(_ outcome: Outcome) -> Duration {
        if case .answered(_, let retryAfter?) = outcome { max(retryAfter, .zero) } else { .zero }
    }

    private mutating func mayRepeat(_ outcome: Outcome) -> Bool {
        switch outcome {
        case .failed(.unresolvedHost), .failed(.unreachable):
            // The request never left.
            return true
        case .failed(.untrusted):
            // Nor did it here. An overloaded balancer breaks handshakes too; a bad certificate stays bad.
            untrusted += 1
            return untrusted == 1
        case .failed(.reset), .failed(.stalled):
            return isIdempotent
        case .failed(.bodyTooLarge), .failed(.malformed), .failed(.refusedByReceiver), .failed(.cancelled),
            .failed(.local):
            return false
        case .answered(429, _):
            // Refused before it was looked at (RFC 6585 section 4).
            return true
        case .answered(503, .some):
            // A server that names the time at which to come again has not begun (RFC 9110 section 15.6.4).
            return true
        case .answered(let status, _):
            return isIdempotent && Self.isRetriable(status: status)
        }
    }
}
