/// Turns header lines, one at a time as libcurl hands them over, into the head of the final answer.
///
/// Interim answers (1xx) are passed over, and so are the fields of a trailer (RFC 9110 sections 6.5 and 15.2).
struct HeadReader {
    enum Step {
        case more
        case complete(HTTPResponseHead)
        /// Too long, or no HTTP at all; the sentence says which.
        case malformed(String)
    }

    /// Most bytes of one head: servers refuse longer ones themselves, usually at 8 to 64 KiB.
    static let limit = 64 << 10

    private var status: Int?
    private var headers: [HTTPHeader] = []
    private var size = 0
    private var isComplete = false

    mutating func take(_ line: some BidirectionalCollection<UInt8>) -> Step {
        guard !isComplete else { return .more }
        size += line.count
        guard size <= Self.limit else { return .malformed("the head of the answer is longer than \(Self.limit) bytes") }

        let text = line.trimmed
        if let status {
            if text.isEmpty { return end(status) }
            return field(text, continues: line.first.map(isBlank) ?? false)
        }
        guard let status = Self.status(of: text) else { return .malformed("the answer is not HTTP") }
        self.status = status
        return .more
    }

    private mutating func end(_ status: Int) -> Step {
        if (100..<200).contains(status) {
            self = HeadReader()
            return .more
        }
        isComplete = true
        return .complete(HTTPResponseHead(status: status, headers: headers))
    }

    private mutating func field(_ text: some BidirectionalCollection<UInt8>, continues: Bool) -> Step {
        if continues, var last = headers.popLast() {
            // obs-fold (RFC 9112 section 5.2): a line that begins with blank space continues the value before it.
            last.value += " " + String(decoding: text, as: UTF8.self)
            headers.append(last)
            return .more
        }
        // A line without a colon means nothing; like libcurl, pass over it.
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return .more }
        let value = text[text.index(after: colon)...].trimmed
        headers.append(
            HTTPHeader(String(decoding: text[..<colon], as: UTF8.self), String(decoding: value, as: UTF8.self))
        )
        return .more
    }

    /// `HTTP/1.1 200 OK` or `HTTP/2 200`.
    private static func status(of line: some BidirectionalCollection<UInt8>) -> Int? {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count >= 2, words[0].starts(with: "HTTP/".utf8), words[1].count == 3 else { return nil }
        return Int(String(decoding: words[1], as: UTF8.self))
    }
}

private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
}

extension BidirectionalCollection<UInt8> {
    /// Without the blank space and line ends around it.
    fileprivate var trimmed: SubSequence {
        func isOuter(_ byte: UInt8) -> Bool { isBlank(byte) || byte == 0x0d || byte == 0x0a }
        guard let first = firstIndex(where: { !isOuter($0) }), let last = lastIndex(where: { !isOuter($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
