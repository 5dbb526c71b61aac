internal import CCurl
internal import DatasetSync
internal import Glibc

extension EasyHandle {
    /// How a hop ended.
    enum Outcome {
        case answered(HTTPResponse)
        case redirected(String)
        case failed(HTTPError)

        var isFailure: Bool {
            if case .failed = self { true } else { false }
        }
    }

    /// Reads libcurl's code together with what we ourselves broke off.
    func outcome(_ code: CURLcode) -> Outcome {
        guard let exchange else { return .failed(HTTPError(.local, "a transfer ended that was not begun")) }
        let host = exchange.address.authority
        if let broken = exchange.answer.broken {
            return outcome(brokenOff: broken, exchange.answer, host: host, limit: exchange.submission.request.bodyLimit)
        }
        guard code == CURLE_OK else {
            if let reason = exchange.submission.cancellation.reason {
                return .failed(HTTPError(.cancelled(reason), "given up by its caller"))
            }
            return .failed(failure(code, exchange))
        }
        guard let head = exchange.answer.head else { return .failed(HTTPError(.reset, "\(host): an empty answer")) }
        if let location = exchange.answer.redirection { return .redirected(location) }
        return .answered(HTTPResponse(head: head, body: exchange.answer.body))
    }

    private func outcome(brokenOff broken: Answer.Break, _ answer: Answer, host: String, limit: Int) -> Outcome {
        switch broken {
        case .satisfied:
            guard let head = answer.head else {
                return .failed(HTTPError(.malformed, "\(host): a body without a head"))
            }
            return .answered(HTTPResponse(head: head, body: []))
        case .drained:
            return .redirected(answer.redirection ?? "")
        case .refused:
            let status = answer.head.map { " (status \($0.status))" } ?? ""
            return .failed(HTTPError(.refusedByReceiver, "\(host): the answer was not wanted\(status)"))
        case .tooLarge:
            return .failed(HTTPError(.bodyTooLarge, "\(host): the answer is longer than \(limit) bytes"))
        case .malformed(let why):
            return .failed(HTTPError(.malformed, "\(host): \(why)"))
        }
    }

    private func failure(_ code: CURLcode, _ exchange: Exchange) -> HTTPError {
        let host = exchange.address.authority
        if exchange.lacksBody { return HTTPError(.local, "\(host): what was to be sent could not be read") }
        if code == CURLE_ABORTED_BY_CALLBACK, exchange.timesSent > 1 {
            return HTTPError(.reset, "\(host): the connection broke after the request was sent")
        }
        // No socket could be made: that is this machine's lack (socket(2)), unless it just lacks that address family.
        if code == CURLE_COULDNT_CONNECT, let number = exchange.socketError, number != EAFNOSUPPORT {
            return HTTPError(.local, "\(host): no socket: \(unsafe String(cString: strerror(number)))")
        }
        return HTTPError(HTTPError.Code(code), "\(host): \(explanation(of: code))")
    }

    /// An upload moves bytes without calling back for each: ask libcurl how far it is.
    func noteUpload(at now: MonotonicTime) {
        let sent = offset(CURLINFO_SIZE_UPLOAD_T)
        guard let exchange, exchange.lastProgress != nil, sent > exchange.uploaded else { return }
        self.exchange?.uploaded = sent
        self.exchange?.lastProgress = now
    }
}
