package import DatasetSync

/// Repeats what another transport could not do, as ``RetryPolicy`` says, until the request's deadline.
///
/// An answer with a status that may be repeated always comes back with its body in memory: `route` is asked for the other
/// answers only. Once a byte has reached a sink the request is never repeated; the caller knows what it has and asks for
/// the rest as a range. Where the deadline strikes an attempt that has delivered nothing, what the one before it ended
/// with is told: that is the cause, the deadline only its end.
package struct RetryingTransport: Transport {
    private let base: any Transport
    private let limits: RetryPolicy.Limits
    private let time: any TimeSource
    private let random: @Sendable () -> Double
    private let pause: @Sendable (Duration, Cancellation) -> Void
    private let onRetry: @Sendable (HTTPRequest, RetryPolicy.Outcome, Duration) -> Void

    /// - Parameters:
    ///   - random: Evenly from 0 to 1.
    ///   - pause: Waits that long unless the cancellation ends it sooner.
    ///   - onRetry: Told before each wait, for logs and counters.
    package init(
        _ base: any Transport,
        limits: RetryPolicy.Limits = RetryPolicy.Limits(),
        time: any TimeSource = SystemTime(),
        random: @escaping @Sendable () -> Double = { Double.random(in: 0...1) },
        pause: @escaping @Sendable (Duration, Cancellation) -> Void = { $1.sleep($0) },
        onRetry: @escaping @Sendable (HTTPRequest, RetryPolicy.Outcome, Duration) -> Void = { _, _, _ in }
    ) {
        self.base = base
        self.limits = limits
        self.time = time
        self.random = random
        self.pause = pause
        self.onRetry = onRetry
    }

    @available(*, noasync, message: "this waits for the network")
    package func send(
        _ request: HTTPRequest,
        until cancellation: Cancellation,
        route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination
    ) throws(HTTPError) -> HTTPResponse {
        var policy = RetryPolicy(
            isIdempotent: request.isIdempotent,
            deadline: cancellation.deadline,
            limits: limits,
            start: time.now()
        )
        var last: Result<HTTPResponse, HTTPError>?
        while true {
            let attempt = Attempt()
            let result: Result<HTTPResponse, HTTPError>
            do throws(HTTPError) {
                result = .success(try base.send(request, until: cancellation) { attempt.route($0, route) })
            } catch {
                result = .failure(error)
                if error.code == .cancelled(.deadline), !attempt.hasDelivered, let last { return try last.get() }
            }
            guard let outcome = outcome(of: result, attempt),
                case .retry(let delay) = policy.next(after: outcome, at: time.now(), random: random())
            else { return try result.get() }

            onRetry(request, outcome, delay)
            pause(delay, cancellation)
            if let reason = cancellation.reason {
                if reason == .deadline { return try result.get() }
                throw HTTPError(.cancelled(reason), "given up between two attempts, after \(Self.words(outcome))")
            }
            last = result
        }
    }

    /// What the policy is to judge; nil when the result stands as it is.
    private func outcome(of result: Result<HTTPResponse, HTTPError>, _ attempt: Attempt) -> RetryPolicy.Outcome? {
        guard !attempt.hasDelivered else { return nil }
        switch result {
        case .failure(let error):
            if case .cancelled = error.code { return nil }
            // A status that was learnt says more than how its body then failed to come.
            guard let head = attempt.retriableHead else { return .failed(error.code) }
            return answered(head)
        case .success(let response):
            return RetryPolicy.isRetriable(status: response.head.status) ? answered(response.head) : nil
        }
    }

    private func answered(_ head: HTTPResponseHead) -> RetryPolicy.Outcome {
        let asked = head.header("Retry-After").flatMap {
            RetryAfter.parse($0, wallNanoseconds: time.wallNanoseconds())
        }
        return .answered(status: head.status, retryAfter: asked)
    }

    private static func words(_ outcome: RetryPolicy.Outcome) -> String {
        switch outcome {
        case .failed(let code): "\(code)"
        case .answered(let status, _): "status \(status)"
        }
    }
}
