internal import CCurl
internal import DatasetSync
internal import Glibc

/// The loop itself: lives on one thread, owns the multi handle's transfers, never waits but in `poll`.
final class LoopRunner {
    /// Microseconds between attempts of a loop that cannot go on.
    private static let recovery: UInt32 = 50_000

    private let loop: TransferLoop
    private let multi: MultiHandle
    private let configuration: TransportConfiguration
    private let statistics: TransferStatistics

    private var active: [UInt: EasyHandle] = [:]
    private var idle: [EasyHandle] = []
    /// When to look for passed deadlines and stalls; never later than the first of them.
    private var nextCheck: MonotonicTime?

    init(
        _ loop: TransferLoop,
        _ multi: MultiHandle,
        _ configuration: TransportConfiguration,
        _ statistics: TransferStatistics
    ) {
        self.loop = loop
        self.multi = multi
        self.configuration = configuration
        self.statistics = statistics
    }

    func run() {
        while true {
            let batch = loop.takeBatch()
            for submission in batch.submitted { start(Exchange(submission)) }
            for submission in batch.resumed { running(submission)?.resumeBody() }
            for submission in batch.cancelled { cancel(submission) }
            if batch.isClosed { break }

            var isHealthy = multi.perform()
            while let (key, code) = multi.nextFinished() {
                if let easy = active[key] { finish(easy, code) }
            }
            giveUpOverdue()
            isHealthy = multi.poll(milliseconds: pollTime()) && isHealthy
            if !isHealthy {
                failAll(HTTPError(.local, "libcurl cannot go on: out of memory or descriptors"))
                // What lacks is not there again at once, and a poll that fails does not wait.
                usleep(Self.recovery)
            }
        }
        failAll(HTTPError(.cancelled(.interrupted), "the HTTP client was shut down"))
        idle = []
        loop.end()
    }

    // MARK: - One transfer

    private func start(_ exchange: Exchange) {
        switch prepared(exchange) {
        case .success(let easy):
            active[easy.key] = easy
            checkNoLater(than: overdue(exchange, at: configuration.time.now()))
        case .failure(let error):
            exchange.submission.complete(.failure(error))
        }
    }

    private func prepared(_ exchange: Exchange) -> Result<EasyHandle, HTTPError> {
        // libcurl leaves its receive buffer with a handle whose transfer ended while others used the same connection, and
        // then refuses a size for it. That is rare enough for another handle.
        if let easy = idle.popLast(), easy.prepare(exchange) == CURLE_OK, multi.add(easy) { return .success(easy) }
        guard let easy = EasyHandle(configuration, statistics) else {
            return .failure(HTTPError(.local, "libcurl has no memory for a transfer"))
        }
        let code = easy.prepare(exchange)
        guard code == CURLE_OK, multi.add(easy) else {
            easy.exchange = nil
            return .failure(HTTPError(.local, "\(exchange.address.authority): \(easy.explanation(of: code))"))
        }
        return .success(easy)
    }

    private func running(_ submission: Submission) -> EasyHandle? {
        active.values.first { $0.exchange?.submission === submission }
    }

    private func cancel(_ submission: Submission) {
        guard let easy = running(submission) else { return }
        giveUp(easy, HTTPError(.cancelled(submission.cancellation.reason ?? .interrupted), "given up by its caller"))
    }

    private func finish(_ easy: EasyHandle, _ code: CURLcode) {
        let outcome = easy.outcome(code)
        count(easy, failed: outcome.isFailure)
        guard let exchange = release(easy) else { return }
        switch outcome {
        case .answered(let response):
            exchange.submission.complete(.success(response))
        case .failed(let error):
            exchange.submission.complete(.failure(error))
        case .redirected(let location):
            do throws(HTTPError) {
                start(try exchange.following(location))
            } catch {
                exchange.submission.complete(.failure(error))
            }
        }
    }

    private func giveUp(_ easy: EasyHandle, _ error: HTTPError) {
        count(easy, failed: true)
        release(easy)?.submission.complete(.failure(error))
    }

    /// Takes the transfer off the multi handle; from here on libcurl calls none of its functions.
    @discardableResult
    private func release(_ easy: EasyHandle) -> Exchange? {
        multi.remove(easy)
        active[easy.key] = nil
        defer { easy.exchange = nil }
        if idle.count < configuration.idleConnections { idle.append(easy) }
        return easy.exchange
    }

    private func count(_ easy: EasyHandle, failed: Bool) {
        guard let exchange = easy.exchange else { return }
        let received = Int64(easy.number(CURLINFO_HEADER_SIZE)) + easy.offset(CURLINFO_SIZE_DOWNLOAD_T)
        let sent = Int64(easy.number(CURLINFO_REQUEST_SIZE)) + easy.offset(CURLINFO_SIZE_UPLOAD_T)
        let counters = TransferStatistics.Counters(
            requests: UInt64(exchange.timesSent),
            failures: failed ? 1 : 0,
            bytesReceived: UInt64(max(0, received)),
            bytesSent: UInt64(max(0, sent))
        )
        statistics.add(counters, host: exchange.address.authority)
    }

    private func failAll(_ error: HTTPError) {
        for easy in Array(active.values) { giveUp(easy, error) }
    }

    // MARK: - Time

    private func checkNoLater(than moment: MonotonicTime) {
        nextCheck = min(nextCheck ?? moment, moment)
    }

    /// When to look at this transfer next: its deadline, or a stall if no byte moves from now on.
    private func overdue(_ exchange: Exchange, at now: MonotonicTime) -> MonotonicTime {
        let stall = (exchange.lastProgress ?? now) + exchange.submission.request.stallLimit
        return min(stall, exchange.submission.cancellation.deadline.time ?? stall)
    }

    private func giveUpOverdue() {
        let now = configuration.time.now()
        guard let check = nextCheck, check <= now else { return }
        nextCheck = nil
        for easy in Array(active.values) {
            guard easy.exchange?.submission.cancellation.deadline.hasPassed(at: now) == false else {
                giveUp(easy, HTTPError(.cancelled(.deadline), "the deadline passed"))
                continue
            }
            easy.noteUpload(at: now)
            // The connection is not to blame for a body that is slow to come from here.
            if easy.exchange?.waitsForBody == true { easy.exchange?.lastProgress = now }
            guard let exchange = easy.exchange else { continue }
            let limit = exchange.submission.request.stallLimit
            if let progress = exchange.lastProgress, now >= progress + limit {
                let why = "\(exchange.address.authority): no byte for \(Int(limit.inSeconds)) seconds"
                giveUp(easy, HTTPError(.stalled, why))
            } else {
                checkNoLater(than: overdue(exchange, at: now))
            }
        }
    }

    private func pollTime() -> Int32 {
        guard let nextCheck else { return 60_000 }
        let milliseconds = (nextCheck - configuration.time.now()).clampedNanoseconds / 1_000_000
        // Rounded up: waking before the time would only turn the loop once more.
        return Int32(clamping: min(milliseconds + 1, 60_000))
    }
}
