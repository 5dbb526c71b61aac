internal import DatasetSync

/// What has come of one hop's answer so far, and where its body goes.
struct Answer {
    /// Why we broke the answer off ourselves.
    enum Break {
        /// The sink has all it wants: no failure.
        case satisfied
        case refused
        case tooLarge
        case malformed(String)
        /// The answer is a redirection whose long body nobody needs.
        case drained
    }

    private enum Destination {
        case undecided
        case memory
        case sink(any ByteSink)
        case drain
    }

    /// Most bytes of a redirection's body read for the sake of the connection; a new connection is cheaper than more.
    private static let drainLimit = 64 << 10

    private(set) var head: HTTPResponseHead?
    private(set) var body: [UInt8] = []
    private(set) var broken: Break?
    /// `Location` of an answer that is to be followed.
    private(set) var redirection: String?

    private let expectsBody: Bool
    private let followsRedirects: Bool
    private let bodyLimit: Int
    private let route: @Sendable (HTTPResponseHead) -> BodyDestination
    private var reader = HeadReader()
    private var destination = Destination.undecided
    private var drained = 0

    init(
        to request: HTTPRequest,
        followsRedirects: Bool,
        route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination
    ) {
        expectsBody = request.method != .head
        self.followsRedirects = followsRedirects
        bodyLimit = request.bodyLimit
        self.route = route
    }

    /// - Returns: False to break the transfer off.
    mutating func take(line: some BidirectionalCollection<UInt8>) -> Bool {
        switch reader.take(line) {
        case .more:
            return true
        case .malformed(let why):
            return breakOff(.malformed(why))
        case .complete(let head):
            self.head = head
            return decide(head)
        }
    }

    /// - Returns: False to break the transfer off.
    mutating func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        switch destination {
        case .sink(let sink):
            return unsafe sink.receive(bytes) || breakOff(.satisfied)
        case .memory:
            guard body.count + bytes.count <= bodyLimit else { return breakOff(.tooLarge) }
            unsafe body.append(contentsOf: bytes)
            return true
        case .drain:
            drained += bytes.count
            return drained <= Self.drainLimit || breakOff(.drained)
        case .undecided:
            return breakOff(.malformed("a body came before the head was complete"))
        }
    }

    private mutating func decide(_ head: HTTPResponseHead) -> Bool {
        if followsRedirects, [301, 302, 303, 307, 308].contains(head.status), let target = head.header("Location") {
            redirection = target
            destination = .drain
            return true
        }
        switch route(head) {
        case .refuse:
            return breakOff(.refused)
        case .sink(let sink):
            destination = .sink(sink)
        case .memory:
            destination = .memory
            guard expectsBody, let length = head.header("Content-Length").flatMap({ Int($0) }) else { break }
            // A compressed body grows when decoded, so its announced length is a lower bound in practice.
            guard length <= bodyLimit else { return breakOff(.tooLarge) }
            body.reserveCapacity(max(length, 0))
        }
        return true
    }

    private mutating func breakOff(_ reason: Break) -> Bool {
        broken = reason
        return false
    }
}
