import DatasetHTTP
import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct RetryPolicyTests {
    private let now = MonotonicTime(nanoseconds: 1_000_000_000)

    private func first(_ outcome: RetryPolicy.Outcome, isIdempotent: Bool) -> Bool {
        var policy = RetryPolicy(isIdempotent: isIdempotent, deadline: .never)
        return policy.next(after: outcome, at: now, random: 0.5) != .giveUp
    }

    @Test(
        "What may be repeated, when the request is idempotent and when it is not",
        arguments: [
            (.failed(.unresolvedHost), true, true),
            (.failed(.unreachable), true, true),
            (.failed(.untrusted), true, true),
            (.failed(.reset), true, false),
            (.failed(.stalled), true, false),
            (.failed(.bodyTooLarge), false, false),
            (.failed(.malformed), false, false),
            (.failed(.refusedByReceiver), false, false),
            (.failed(.cancelled(.interrupted)), false, false),
            (.failed(.cancelled(.deadline)), false, false),
            (.failed(.local), false, false),
            (.answered(status: 429, retryAfter: nil), true, true),
            (.answered(status: 503, retryAfter: .seconds(1)), true, true),
            (.answered(status: 503, retryAfter: nil), true, false),
            (.answered(status: 408, retryAfter: nil), true, false),
            (.answered(status: 500, retryAfter: nil), true, false),
            (.answered(status: 502, retryAfter: nil), true, false),
            (.answered(status: 504, retryAfter: nil), true, false),
            (.answered(status: 501, retryAfter: nil), false, false),
            (.answered(status: 404, retryAfter: .seconds(1)), false, false),
            (.answered(status: 200, retryAfter: nil), false, false),
        ] as [(RetryPolicy.Outcome, Bool, Bool)]
    )
    func table(_ outcome: RetryPolicy.Outcome, idempotent: Bool, other: Bool) {
        #expect(first(outcome, isIdempotent: true) == idempotent)
        #expect(first(outcome, isIdempotent: false) == other)
    }

    @Test("Bounds double up to the longest, and the delay is that share of the bound which the dice say")
    func backoff() {
        var limits = RetryPolicy.Limits()
        limits.firstDelay = .milliseconds(100)
        limits.longestDelay = .milliseconds(500)
        let deadline = Deadline(time: now + .seconds(3600))
        var high = RetryPolicy(isIdempotent: true, deadline: deadline, limits: limits)
        var low = high

        let delays = (0..<30).map { _ in high.next(after: .failed(.reset), at: now, random: 1) }
        let shares = (0..<30).map { _ in low.next(after: .failed(.reset), at: now, random: 0) }

        let milliseconds = [100, 200, 400] + [Int](repeating: 500, count: 27)
        #expect(delays == milliseconds.map { .retry(after: .milliseconds($0)) })
        #expect(shares == [RetryPolicy.Action](repeating: .retry(after: .zero), count: 30))
    }

    @Test("Retry-After is waited for, with jitter on top so that not all come at once")
    func retryAfter() {
        var policy = RetryPolicy(isIdempotent: false, deadline: .never)

        let action = policy.next(after: .answered(status: 429, retryAfter: .seconds(7)), at: now, random: 0.5)

        #expect(action == .retry(after: .milliseconds(7100)))
    }

    @Test("A wait that would pass the deadline, or that is beyond all patience, is not begun")
    func deadline() {
        let asked = RetryPolicy.Outcome.answered(status: 503, retryAfter: .seconds(20))
        var short = RetryPolicy(isIdempotent: true, deadline: Deadline(time: now + .seconds(20)))
        var long = RetryPolicy(isIdempotent: true, deadline: Deadline(time: now + .seconds(21)))
        var patient = RetryPolicy(isIdempotent: true, deadline: .never)

        #expect(short.next(after: asked, at: now, random: 0) == .giveUp)
        #expect(long.next(after: asked, at: now, random: 0) == .retry(after: .seconds(20)))
        #expect(patient.next(after: .answered(status: 503, retryAfter: .seconds(301)), at: now, random: 0) == .giveUp)
    }

    @Test("Without a deadline attempts are counted; a bad certificate is tried once more and no longer")
    func attempts() {
        var policy = RetryPolicy(isIdempotent: true, deadline: .never)
        let actions = (0..<6).map { _ in policy.next(after: .failed(.unreachable), at: now, random: 0) }
        #expect(actions == [RetryPolicy.Action](repeating: .retry(after: .zero), count: 5) + [.giveUp])

        var other = RetryPolicy(isIdempotent: true, deadline: Deadline(time: now + .seconds(3600)))
        #expect(other.next(after: .failed(.untrusted), at: now, random: 0) == .retry(after: .zero))
        #expect(other.next(after: .failed(.untrusted), at: now, random: 0) == .giveUp)
    }

    @Test("A host out of reach is given up after five seconds; an answer in between begins them anew")
    func outage() {
        var limits = RetryPolicy.Limits()
        limits.firstDelay = .seconds(2)
        limits.longestDelay = .seconds(2)
        let deadline = Deadline(time: now + .seconds(3600))
        for code in [HTTPError.Code.unresolvedHost, .unreachable] {
            var policy = RetryPolicy(isIdempotent: true, deadline: deadline, limits: limits)
            let outcomes: [RetryPolicy.Outcome] = [
                .failed(code), .failed(code), .answered(status: 500, retryAfter: nil), .failed(code), .failed(code),
                .failed(code),
            ]
            let actions = outcomes.enumerated().map { index, outcome in
                policy.next(after: outcome, at: now + .seconds(2 * index), random: 1)
            }
            #expect(actions == [RetryPolicy.Action](repeating: .retry(after: .seconds(2)), count: 5) + [.giveUp])
        }
    }

    @Test("The time that an attempt took to find nobody counts; that of a silent server does not")
    func slowOutage() {
        let deadline = Deadline(time: now + .seconds(3600))
        var policy = RetryPolicy(isIdempotent: true, deadline: deadline, start: now)
        #expect(policy.next(after: .failed(.unreachable), at: now + .seconds(10), random: 0) == .giveUp)

        var other = RetryPolicy(isIdempotent: true, deadline: deadline, start: now)
        #expect(other.next(after: .failed(.stalled), at: now + .seconds(10), random: 0) == .retry(after: .zero))
        #expect(other.next(after: .failed(.unreachable), at: now + .seconds(11), random: 0) == .retry(after: .zero))
    }

    @Test("However outcomes follow one another, no delay passes its bound or the deadline")
    func anySequence() {
        let limits = RetryPolicy.Limits()
        withSeed { generator in
            for _ in 0..<500 {
                let deadline = Deadline(time: now + .milliseconds(Int.random(in: 0...60_000, using: &generator)))
                var policy = RetryPolicy(isIdempotent: Bool.random(using: &generator), deadline: deadline)
                var time = now
                while true {
                    let retryAfter: Duration? = Bool.random(using: &generator) ? .seconds(2) : nil
                    let outcome: RetryPolicy.Outcome =
                        Bool.random(using: &generator)
                        ? .failed(.unreachable) : .answered(status: 503, retryAfter: retryAfter)
                    let random = Double.random(in: 0...1, using: &generator)
                    guard case .retry(let delay) = policy.next(after: outcome, at: time, random: random) else { break }
                    #expect(delay >= .zero && delay <= limits.longestDelay + .seconds(2))
                    time = time + delay + .microseconds(1)
                    #expect(!deadline.hasPassed(at: time) || deadline.remaining(at: time) == .zero)
                }
            }
        }
    }
}
