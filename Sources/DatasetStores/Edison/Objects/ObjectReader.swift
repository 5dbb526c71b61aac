internal import DatasetHTTP
internal import DatasetModel
internal import DatasetSync

extension Edison {
    /// Reads parts of one version of one object.
    ///
    /// A URL that ends on the way is replaced, a connection that breaks is resumed at the byte where it broke, and what
    /// answers is made sure to be the same object each time, before a byte of it is taken.
    struct ObjectReader: Sendable {
        let transport: any Transport
        let urls: SignedURLs
        let pause: Pause

        /// Whole objects up to this size are checked against their digests before anything of them is passed on.
        static let checkedSize: UInt64 = 8 << 20
        /// Attempts in a row that may bring no byte.
        static let patience = 3
        /// A transfer that brought so much until the deadline is slow; what broke the one before it is no cause any more.
        static let goodProgress: UInt64 = 1 << 20

        /// One object in one state.
        struct Source: Sendable {
            var key: ObjectKey
            /// Of the whole object, as the caller knows it.
            var size: UInt64
            var version: EntryVersion

            var title: String { "the content of entry \(key.entry)" }
        }

        @available(*, noasync, message: "this waits for the network")
        func read(
            _ range: ByteRange,
            of source: Source,
            into sink: any ByteSink,
            until cancellation: Cancellation
        ) throws(StoreError) {
            guard range.offset == 0, range.count == source.size, range.count <= Self.checkedSize else {
                return try deliver(range, of: source, into: sink, until: cancellation)
            }
            for attempt in 1... {
                let gathered = GatheringSink()
                try deliver(range, of: source, into: gathered, until: cancellation)
                let bytes = gathered.bytes
                guard !range.isEmpty, let objection = urls.facts(of: source.key)?.facts.objection(to: bytes) else {
                    _ = unsafe bytes.withUnsafeBytes { unsafe sink.receive($0) }
                    return
                }
                if attempt == 2 {
                    throw StoreError(
                        .corrupt,
                        "\(source.title) came damaged twice: \(objection)",
                        remedy: "Try again; if it stays so, the object in the store does not match its own checksum."
                    )
                }
            }
        }

        private func deliver(
            _ range: ByteRange,
            of source: Source,
            into sink: any ByteSink,
            until cancellation: Cancellation
        ) throws(StoreError) {
            var rest = range
            var failures = 0
            var refused: SignedURL?
            var refusals = 0
            var last: StoreError?
            while !rest.isEmpty {
                let url = try urls.url(for: source.key, insteadOf: refused, until: cancellation)
                let exchange = ObjectExchange.get(rest, at: url, over: transport, into: sink, until: cancellation) {
                    objection(to: $0, of: source)
                }
                if let objection = exchange.objection { throw objection }
                rest = ByteRange(offset: rest.offset + exchange.delivered, count: rest.count - exchange.delivered)
                if exchange.isFinished || rest.isEmpty { return }
                if exchange.delivered > 0 {
                    failures = 0
                    refusals = 0
                }
                switch exchange.answer {
                case .refused:
                    refusals += 1
                    refused = url
                    if refusals > 1 { throw Self.refusal(exchange.head, source) }
                case .changed: throw Self.changed(source)
                case .beyondEnd(let total): throw beyondEnd(total, exchange.head, source)
                case .unusable(let reason): throw Self.unusable(reason, source)
                case .failed: throw Self.failure(exchange, source)
                case .body, nil:
                    failures += exchange.delivered > 0 ? 0 : 1
                    if let failure = Self.interruption(exchange, source) {
                        last = failure
                    } else if exchange.delivered >= Self.goodProgress {
                        last = nil
                    }
                    guard Self.mayPass(exchange.error), failures < Self.patience,
                        pause.wait(.milliseconds(failures == 0 ? 50 : 400 * failures), cancellation)
                    else {
                        switch cancellation.reason {
                        // What kept the read from being done in time says more than the time.
                        case .deadline?: throw last ?? StoreError(.deadline, during: "reading \(source.title)")
                        case let reason?: throw StoreError(reason, during: "reading \(source.title)")
                        case nil: throw last ?? Self.failure(exchange, source)
                        }
                    }
                }
            }
        }

        /// What breaks off may go on at the next attempt. A host that cannot be reached is none that broke off, and the
        /// transport has tried that often enough.
        private static func mayPass(_ error: HTTPError?) -> Bool {
            switch error?.code {
            case nil, .reset, .stalled: true
            case .unreachable, .unresolvedHost, .untrusted, .bodyTooLarge, .malformed, .refusedByReceiver, .cancelled,
                .local:
                false
            }
        }
    }
}
