internal import DatasetHTTP
internal import DatasetModel

extension Edison {
    /// Judges the head of an object store's answer to a request for a part of an object (RFC 9110, section 14).
    enum RangeAnswer: Equatable {
        /// The body is `skip` bytes that were not asked for, then bytes that were.
        case body(skip: UInt64, facts: ObjectFacts)
        /// The object is empty, or ends before the part.
        case beyondEnd(total: UInt64?)
        /// The URL has ended, or does not open this object.
        case refused
        /// The object store is overloaded or broken.
        case failed
        /// The precondition does not hold: another object.
        case changed
        /// The answer is none that a part could be read from.
        case unusable(String)

        /// So much is read past where a store ignores that only a part was asked for.
        static let skippable: UInt64 = 1 << 20

        init(_ head: HTTPResponseHead, asking offset: UInt64) {
            switch head.status {
            case 206: self = Self.part(head, offset)
            case 200: self = Self.whole(head, offset)
            case 416:
                let total = head.header("content-range").flatMap { ContentRange.unsatisfied($0) }
                self = .beyondEnd(total: total)
            case 400, 401, 403, 404, 410: self = .refused
            case 304, 412: self = .changed
            case 408, 429, 500...599: self = .failed
            default: self = .unusable("it was answered with status \(head.status)")
            }
        }

        private static func part(_ head: HTTPResponseHead, _ offset: UInt64) -> RangeAnswer {
            if head.header("content-type")?.lowercased().hasPrefix("multipart/") == true {
                return .unusable("several parts came instead of one")
            }
            if let encoding = foreignEncoding(head) { return .unusable("it came encoded as \(encoding)") }
            guard let text = head.header("content-range"), let range = ContentRange(text) else {
                return .unusable("the answer does not say which part it is")
            }
            guard range.first == offset else { return .unusable("another part came than was asked for") }
            guard let total = range.total else { return .unusable("the answer does not say how large the whole is") }
            return .body(skip: 0, facts: ObjectFacts(total: total, head: head))
        }

        private static func whole(_ head: HTTPResponseHead, _ offset: UInt64) -> RangeAnswer {
            if let encoding = foreignEncoding(head) { return .unusable("it came encoded as \(encoding)") }
            guard let total = head.header("content-length").flatMap({ UInt64($0) }) else {
                return .unusable("the answer does not say how long it is")
            }
            guard offset <= skippable else { return .unusable("the object store sends no parts") }
            return .body(skip: min(offset, total), facts: ObjectFacts(total: total, head: head))
        }

        private static func foreignEncoding(_ head: HTTPResponseHead) -> String? {
            guard let encoding = head.header("content-encoding")?.lowercased(), !encoding.isEmpty,
                encoding != "identity", encoding != "aws-chunked"
            else { return nil }
            return Detail.printable(encoding, limit: 20)
        }
    }

    /// `bytes 0-99/1234`
    struct ContentRange: Equatable {
        var first: UInt64
        var last: UInt64
        /// Nil: the server does not know.
        var total: UInt64?

        init?(_ text: String) {
            guard let (range, size) = Self.split(text) else { return nil }
            let ends = range.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let first = Self.number(ends[0]), let last = Self.number(ends[1]), first <= last
            else {
                return nil
            }
            self.first = first
            self.last = last
            guard size != "*" else { return }
            guard let total = Self.number(size), last < total else { return nil }
            self.total = total
        }

        /// The size in `bytes */1234`.
        static func unsatisfied(_ text: String) -> UInt64? {
            guard let (range, size) = split(text), range == "*" else { return nil }
            return number(size)
        }

        private static func split(_ text: String) -> (Substring, Substring)? {
            let words = text.split(separator: " ")
            guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
            let parts = words[1].split(separator: "/", omittingEmptySubsequences: false)
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }

        private static func number(_ text: Substring) -> UInt64? {
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            return UInt64(text)
        }
    }
}
