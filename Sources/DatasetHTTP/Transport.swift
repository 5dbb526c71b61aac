package import DatasetSync

/// Decides, once the head is there, where the body goes.
package enum BodyDestination: Sendable {
    /// Gather it in ``HTTPResponse/body`` (at most the request's `bodyLimit`).
    case memory
    /// Send it to the sink as it comes.
    case sink(any ByteSink)
    /// Break off: the transfer ends with ``HTTPError/Code/refusedByReceiver``.
    case refuse
}

/// Sends one request and waits for its answer; no retries, no credentials, no knowledge of any platform.
package protocol Transport: Sendable {
    /// - Parameter route: Asked once per answer, on the transfer's thread, as soon as the head is complete.
    @available(*, noasync, message: "this waits for the network")
    func send(
        _ request: HTTPRequest,
        until cancellation: Cancellation,
        route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination
    ) throws(HTTPError) -> HTTPResponse
}

extension Transport {
    /// Gathers the body in memory.
    @available(*, noasync, message: "this waits for the network")
    package func send(_ request: HTTPRequest, until cancellation: Cancellation) throws(HTTPError) -> HTTPResponse {
        try send(request, until: cancellation) { _ in .memory }
    }
}
