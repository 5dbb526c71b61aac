internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Learns size, ETag and digests of an object with a request for its first byte.
    ///
    /// A signed URL is good for one method, so `HEAD` is refused: the size is read from the `Content-Range` of one byte.
    struct ObjectProbe: Sendable {
        let transport: any Transport
        let urls: SignedURLs

        @available(*, noasync, message: "this waits for the network")
        func facts(of key: ObjectKey, until cancellation: Cancellation) throws(StoreError) -> ObjectFacts {
            let title = "the content of entry \(key.entry)"
            var refused: SignedURL?
            while true {
                let url = try urls.url(for: key, insteadOf: refused, until: cancellation)
                let exchange = ObjectExchange.get(
                    ByteRange(offset: 0, count: 1),
                    at: url,
                    over: transport,
                    into: DiscardingSink(),
                    until: cancellation
                )
                switch exchange.answer {
                case .body(_, let facts):
                    urls.learn(facts, of: key)
                    return facts
                case .beyondEnd(let total):
                    // Only an empty object has no first byte.
                    guard total ?? 0 == 0, let head = exchange.head else {
                        throw StoreError(.corrupt, "\(title) contradicts itself about its size")
                    }
                    let facts = ObjectFacts(total: 0, head: head)
                    urls.learn(facts, of: key)
                    return facts
                case .refused:
                    if refused != nil { throw ObjectReader.refusal(exchange.head, title) }
                    refused = url
                case .unusable(let reason):
                    throw StoreError(.corrupt, "\(title) cannot be read: \(reason)")
                case .changed, .failed, nil: throw ObjectReader.failure(exchange, title)
                }
            }
        }
    }

    /// Drops what it receives.
    final class DiscardingSink: ByteSink {
        func receive(_ bytes: UnsafeRawBufferPointer) -> Bool { true }
    }
}
