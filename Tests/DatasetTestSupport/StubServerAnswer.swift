extension StubServer {
    /// What a connection does in answer to a request, step by step; it is kept for the next one unless a step ends it.
    package struct Answer: Sendable {
        package enum Step: Sendable {
            case send([UInt8])
            /// One byte per segment.
            case dribble([UInt8])
            /// The same bytes again and again until the client hangs up.
            case sendEndlessly([UInt8])
            /// Nothing until the gate opens.
            case wait(at: Gate)
            /// An orderly end of the connection.
            case close
            /// A TCP reset.
            case reset
        }

        package var steps: [Step]

        package init(_ steps: Step...) {
            self.steps = steps
        }

        /// An answer with a `Content-Length`, and the fields given.
        package static func status(
            _ status: Int,
            headers: [(String, String)] = [],
            body: [UInt8] = []
        ) -> Answer {
            Answer(.send(head(status, headers: headers, length: body.count) + body))
        }

        package static func status(_ status: Int, headers: [(String, String)] = [], text: String)
            -> Answer
        {
            .status(status, headers: headers, body: Array(text.utf8))
        }

        /// Nothing but these characters, whatever they are.
        package static func raw(_ text: String) -> Answer {
            Answer(.send(Array(text.utf8)))
        }

        /// The part of `content` that `request` asks for: 206 with `Content-Range`, 416, or 200 and everything.
        package static func content(
            _ content: [UInt8],
            for request: Request,
            headers: [(String, String)] = []
        ) -> Answer {
            guard let range = request.range else { return .status(200, headers: headers, body: content) }
            guard range.first < content.count else {
                return .status(416, headers: headers + [("Content-Range", "bytes */\(content.count)")])
            }
            let last = min(range.last ?? content.count - 1, content.count - 1)
            let part = [("Content-Range", "bytes \(range.first)-\(last)/\(content.count)")]
            return .status(206, headers: headers + part, body: Array(content[range.first...last]))
        }

        /// Followed by further steps.
        package func then(_ more: Step...) -> Answer {
            var answer = self
            answer.steps += more
            return answer
        }

        /// A head alone, announcing `length` bytes (or nothing about them when nil).
        package static func head(_ status: Int, headers: [(String, String)] = [], length: Int?)
            -> [UInt8]
        {
            let all = headers + (length.map { [("Content-Length", "\($0)")] } ?? [])
            let lines = all.map { "\($0.0): \($0.1)\r\n" }.joined()
            return Array("HTTP/1.1 \(status) Stub\r\n\(lines)\r\n".utf8)
        }
    }
}
