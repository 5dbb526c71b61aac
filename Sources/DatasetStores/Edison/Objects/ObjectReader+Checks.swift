internal import DatasetHTTP
internal import DatasetModel

extension Edison.ObjectReader {
    /// Whether what answers is the object meant, in the state meant.
    func objection(to facts: Edison.ObjectFacts, of source: Source) -> StoreError? {
        let before = urls.facts(of: source.key)
        let isSame = urls.learn(facts, of: source.key)
        if !isSame || !source.version.admits(etag: facts.digests.etag) { return Self.changed(source) }
        guard facts.total != source.size else { return nil }
        // Known from the start: the caller's size is of another time. Else the uploader declared a wrong one; it is
        // known now, and the next question about the entry is answered with the true one.
        if before != nil { return Self.changed(source) }
        return StoreError(
            .corrupt,
            "\(source.title) has \(facts.total) bytes, not the \(source.size) that were declared",
            remedy: "Open it again: the true size is known now."
        )
    }

    static func changed(_ source: Source) -> StoreError {
        StoreError(.versionGone, "\(source.title) has changed since it was opened", remedy: "Open it again.")
    }

    /// A part within the known size lies beyond the end: the object is another one now.
    func beyondEnd(_ total: UInt64?, _ head: HTTPResponseHead?, _ source: Source) -> StoreError {
        guard let total, total != source.size, let head else {
            return Self.unusable("a part of it was said to lie beyond its end", source)
        }
        return objection(to: Edison.ObjectFacts(total: total, head: head), of: source) ?? Self.changed(source)
    }

    static func unusable(_ reason: String, _ source: Source) -> StoreError {
        StoreError(.corrupt, "\(source.title) cannot be read: \(reason)")
    }

    /// A fresh URL was refused as well.
    static func refusal(_ head: HTTPResponseHead?, _ source: Source) -> StoreError {
        refusal(head, source.title)
    }

    static func refusal(_ head: HTTPResponseHead?, _ title: String) -> StoreError {
        let status = head?.status
        let isMissing = status == 404 || status == 410
        return StoreError(
            isMissing ? .corrupt : .forbidden,
            isMissing
                ? "the object that holds \(title) does not exist"
                : "the object store refuses \(title) with status \(status ?? 0), also under a fresh URL",
            remedy: isMissing
                ? "Its upload was probably never completed: upload it again."
                : "Check this machine's clock and the access to the bucket that holds it.",
            httpStatus: status,
            requestID: head.flatMap(StoreError.requestID)
        )
    }

    /// Why an answer ended before the part did; nil when that was this reader's own wish or its deadline.
    static func interruption(_ exchange: Edison.ObjectExchange, _ source: Source) -> StoreError? {
        if case .cancelled = exchange.error?.code { return nil }
        guard exchange.error == nil, case .body = exchange.answer else { return failure(exchange, source) }
        return StoreError(
            .corrupt,
            "\(source.title) was cut short: fewer bytes came than it has",
            remedy: "Try again; if it stays so, what stands between here and the object store damages answers.",
            httpStatus: exchange.head?.status,
            requestID: exchange.head.flatMap(StoreError.requestID)
        )
    }

    static func failure(_ exchange: Edison.ObjectExchange, _ source: Source) -> StoreError {
        failure(exchange, source.title)
    }

    /// No answer, or one that says that the object store is in trouble.
    static func failure(_ exchange: Edison.ObjectExchange, _ title: String) -> StoreError {
        if case .failed = exchange.answer, let head = exchange.head {
            let code: StoreError.Code =
                head.status == 429 ? .throttled : head.status == 408 ? .timedOut : .serverFailure
            return StoreError(
                code,
                "the object store answered \(head.status) to the request for \(title)",
                remedy: "Try again later.",
                httpStatus: head.status,
                requestID: StoreError.requestID(head)
            )
        }
        let error = exchange.error ?? HTTPError(.reset, "the connection ended too early")
        return StoreError(error, during: "the request for \(title)")
    }
}
