internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync
internal import Synchronization

extension Edison {
    /// One request for a part of an object at its signed URL, judged.
    ///
    /// Nothing is sent along but the range: the URL is the credential, and object stores refuse a second one.
    struct ObjectExchange: Sendable {
        /// Nil: no head came.
        var answer: RangeAnswer?
        var head: HTTPResponseHead?
        var error: HTTPError?
        /// Bytes of the part that came.
        var delivered: UInt64 = 0
        /// The sink wants no more.
        var isFinished = false
        /// Why the body was not taken although it looked right.
        var objection: StoreError?

        /// - Parameters:
        ///   - range: Not empty.
        ///   - check: Looks at what the object tells of itself before any byte of it is taken.
        @available(*, noasync, message: "this waits for the network")
        static func get(
            _ range: ByteRange,
            at url: SignedURL,
            over transport: any Transport,
            into sink: any ByteSink,
            until cancellation: Cancellation,
            check: @escaping @Sendable (ObjectFacts) -> StoreError? = { _ in nil }
        ) -> ObjectExchange {
            let request = HTTPRequest(
                .get,
                url.url.value,
                headers: [
                    HTTPHeader("Range", "bytes=\(range.offset)-\(range.end - 1)"),
                    HTTPHeader("Accept-Encoding", "identity"),
                ],
                isSecretURL: true,
                bodyLimit: 256 << 10
            )
            let box = Box()
            var failure: HTTPError?
            do throws(HTTPError) {
                let response = try transport.send(request, until: cancellation) { head in
                    let (judged, destination) = judge(head, range, sink, check)
                    box.state.withLock { $0 = judged }
                    return destination
                }
                // A status that was repeated in vain comes back without having been asked about.
                if RetryPolicy.isRetriable(status: response.head.status) {
                    let (judged, _) = judge(response.head, range, sink, check)
                    box.state.withLock { $0 = judged }
                }
            } catch {
                failure = error
            }
            let judged = box.state.withLock { $0 }
            var exchange = judged.exchange
            exchange.error = failure
            exchange.delivered = judged.part?.delivered ?? 0
            exchange.isFinished = judged.part?.isRefused ?? false
            return exchange
        }

        private struct Judged {
            var exchange = ObjectExchange()
            var part: PartSink?
        }

        private final class Box: Sendable {
            let state = Mutex(Judged())
        }

        private static func judge(
            _ head: HTTPResponseHead,
            _ range: ByteRange,
            _ sink: any ByteSink,
            _ check: (ObjectFacts) -> StoreError?
        ) -> (Judged, BodyDestination) {
            let answer = RangeAnswer(head, asking: range.offset)
            var judged = Judged(exchange: ObjectExchange(answer: answer, head: head))
            switch answer {
            case .body(let skip, let facts):
                judged.exchange.objection = check(facts)
                guard judged.exchange.objection == nil else { return (judged, .refuse) }
                let part = PartSink(sink, skip: skip, limit: range.count)
                judged.part = part
                return (judged, .sink(part))
            case .unusable: return (judged, .refuse)
            case .beyondEnd, .refused, .failed, .changed: return (judged, .memory)
            }
        }
    }
}
