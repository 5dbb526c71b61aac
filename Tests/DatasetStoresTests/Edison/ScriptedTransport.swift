import DatasetHTTP
import DatasetModel
import DatasetSync
import Synchronization

@testable import DatasetStores

/// Answers requests as a test says, without a network, and remembers them.
final class ScriptedTransport: Transport {
    /// An answer; it breaks off before its end where a test says so.
    struct Answer {
        var status = 200
        var headers: [(String, String)] = []
        var body: [UInt8] = []
        /// The connection breaks after so many bytes of the body.
        var breaksAfter: Int?
        var breaksWith = HTTPError.Code.reset
        /// No answer at all.
        var failure: HTTPError?

        static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> Answer {
            Answer(status: status, headers: headers, body: Array(text.utf8))
        }

        static func failing(_ code: HTTPError.Code) -> Answer { Answer(failure: HTTPError(code, "scripted")) }

        /// The part of `content` that was asked for, as an object store answers.
        static func part(of content: [UInt8], for request: HTTPRequest, headers: [(String, String)] = []) -> Answer {
            guard let range = request.byteRange else { return Answer(headers: headers, body: content) }
            guard range.lowerBound < content.count else {
                return Answer(status: 416, headers: headers + [("Content-Range", "bytes */\(content.count)")])
            }
            let part = range.clamped(to: 0..<content.count)
            let field = ("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(content.count)")
            return Answer(status: 206, headers: headers + [field], body: Array(content[part]))
        }
    }

    private let answer: @Sendable (HTTPRequest) -> Answer
    private let log = Mutex<[HTTPRequest]>([])
    private let pieceSize: Int

    /// - Parameter pieceSize: A sink receives the body in pieces of that size.
    init(pieceSize: Int = 1000, _ answer: @escaping @Sendable (HTTPRequest) -> Answer) {
        self.pieceSize = pieceSize
        self.answer = answer
    }

    var requests: [HTTPRequest] { log.withLock { $0 } }
    /// `POST /auth/login` and so on, without the host of the API.
    var lines: [String] { requests.map(\.line) }
    func count(_ line: String) -> Int { lines.count { $0 == line } }
    func forget() { log.withLock { $0 = [] } }

    func send(
        _ request: HTTPRequest,
        until cancellation: Cancellation,
        route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination
    ) throws(HTTPError) -> HTTPResponse {
        if let reason = cancellation.reason { throw HTTPError(.cancelled(reason), "cancelled") }
        log.withLock { $0.append(request) }
        let answer = answer(request)
        if let failure = answer.failure { throw failure }
        var fields = answer.headers
        if !fields.contains(where: { $0.0 == "Content-Length" || $0.0 == "Transfer-Encoding" }) {
            fields.append(("Content-Length", "\(answer.body.count)"))
        }
        let head = HTTPResponseHead(status: answer.status, headers: fields.map { HTTPHeader($0.0, $0.1) })
        let body = answer.breaksAfter.map { Array(answer.body.prefix($0)) } ?? answer.body
        switch route(head) {
        case .refuse: throw HTTPError(.refusedByReceiver, "refused")
        case .memory:
            if answer.breaksAfter != nil { throw HTTPError(answer.breaksWith, "broken") }
            if body.count > request.bodyLimit { throw HTTPError(.bodyTooLarge, "too large") }
            return HTTPResponse(head: head, body: body)
        case .sink(let sink):
            for start in stride(from: 0, to: body.count, by: pieceSize) {
                let piece = body[start..<min(start + pieceSize, body.count)]
                guard unsafe piece.withUnsafeBytes({ unsafe sink.receive($0) }) else {
                    throw HTTPError(.refusedByReceiver, "the sink wants no more")
                }
            }
            if answer.breaksAfter != nil { throw HTTPError(answer.breaksWith, "broken") }
            return HTTPResponse(head: head, body: [])
        }
    }
}

extension HTTPRequest {
    static let host = "https://edison.test"

    /// Method and URL, without the host where that is the API's.
    var line: String { "\(method.rawValue) \(url.hasPrefix(Self.host) ? String(url.dropFirst(Self.host.count)) : url)" }

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// `bytes=a-b`
    var byteRange: Range<Int>? {
        guard let value = header("Range"), value.hasPrefix("bytes=") else { return nil }
        let ends = value.dropFirst(6).split(separator: "-").compactMap { Int($0) }
        return ends.count == 2 ? ends[0]..<(ends[1] + 1) : nil
    }

    var bodyText: String { String(decoding: body ?? [], as: UTF8.self) }
}

extension Edison {
    static let testKey = "the-api-key-0123"

    /// A store over a scripted platform; logging in is answered unless `answer` does.
    static func scripted(
        _ options: (inout Options) -> Void = { _ in },
        credentials: Credentials = .apiKey(Secret(testKey)),
        time: any TimeSource = SystemTime(),
        pageSize: Int = 2000,
        _ answer: @escaping @Sendable (HTTPRequest) -> ScriptedTransport.Answer
    ) throws -> (store: Store, transport: ScriptedTransport) {
        var chosen = Options()
        chosen.baseURL = HTTPRequest.host
        options(&chosen)
        let transport = ScriptedTransport { request in
            request.line == "POST /auth/login" ? .json(#"{"access_token":"the-token"}"#) : answer(request)
        }
        let store = try Store(chosen, credentials, transport, time, pause: .none, pageSize: pageSize)
        return (store, transport)
    }
}

extension Edison.Pause {
    /// Does not wait.
    static let none = Edison.Pause { _, cancellation in !cancellation.isCancelled }
}

/// The code of the error that `body` throws; nil when it throws none.
func code(of body: () throws -> Void) -> StoreError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? StoreError)?.code
    }
}
