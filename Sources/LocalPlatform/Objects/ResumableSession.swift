/// The progress of one resumable upload: what is on disk, what the next request may bring, and how it is answered.
struct ResumableSession: Equatable {
    /// Chunks but the last end on a multiple of this; a ragged end is not kept.
    static let granularity = 256 << 10

    /// `Content-Range` of a request to a session.
    enum ContentRange: Equatable {
        /// `bytes */total`: only asking.
        case query(total: Int?)
        case chunk(Range<Int>, total: Int?)

        /// Reads the header; nil when it is malformed.
        init?(_ header: String) {
            guard header.hasPrefix("bytes ") else { return nil }
            let parts = header.dropFirst(6).split(separator: "/", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let total = Int(parts[1])
            guard total != nil || parts[1] == "*" else { return nil }
            if parts[0] == "*" {
                self = .query(total: total)
                return
            }
            let bounds = parts[0].split(separator: "-", maxSplits: 1)
            guard bounds.count == 2, let first = Int(bounds[0]), let last = Int(bounds[1]), first >= 0, last >= first,
                last < total ?? Int.max
            else { return nil }
            self = .chunk(first..<(last + 1), total: total)
        }
    }

    enum Action: Equatable {
        /// Take the body, but not its first `skip` bytes; then tell `took`.
        case accept(skip: Int)
        /// 308 with what is there.
        case resume
        /// 200: there is nothing more to do.
        case finished
        /// The object is complete: publish it, then 200.
        case publish
        case refuse(String)
    }

    var total: Int?
    var received = 0
    var isDone = false

    /// A request has come in.
    mutating func request(_ range: ContentRange) -> Action {
        if isDone { return .finished }
        switch range {
        case .query(let total):
            if let refusal = learn(total) { return refusal }
            return self.total == received ? .publish : .resume
        case .chunk(let bytes, let total):
            if let refusal = learn(total) { return refusal }
            guard bytes.lowerBound <= received else { return .resume }
            guard bytes.upperBound > received || self.total == received else { return .resume }
            return .accept(skip: received - bytes.lowerBound)
        }
    }

    /// `count` more bytes of the body are in the file.
    mutating func took(_ count: Int) -> Action {
        let reached = received + count
        if let total, reached > total { return .refuse("More bytes arrived than Content-Range announced.") }
        if reached == total {
            received = reached
            return .publish
        }
        received = max(received, reached / Self.granularity * Self.granularity)
        return .resume
    }

    /// `Range` of a 308; none while nothing is there.
    var rangeHeader: String? {
        received > 0 ? "bytes=0-\(received - 1)" : nil
    }

    private mutating func learn(_ announced: Int?) -> Action? {
        guard let announced else { return nil }
        if let total, total != announced { return .refuse("The total size differs from the one announced before.") }
        guard announced >= received else { return .refuse("The total size is below what has been received.") }
        total = announced
        return nil
    }
}
