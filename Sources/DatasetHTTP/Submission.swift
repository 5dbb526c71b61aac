internal import DatasetSync

/// One call of ``CurlTransport/send(_:until:route:)`` on its way to the loop's thread and back.
final class Submission: Sendable {
    let request: HTTPRequest
    let address: WebAddress
    let cancellation: Cancellation
    let route: @Sendable (HTTPResponseHead) -> BodyDestination
    /// Where the body comes through, when it is not in memory.
    let pipe: BodyPipe?
    private let outcome = Monitor<Result<HTTPResponse, HTTPError>?>(nil)

    init(
        _ request: HTTPRequest,
        to address: WebAddress,
        until cancellation: Cancellation,
        route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination
    ) {
        self.request = request
        self.address = address
        self.cancellation = cancellation
        self.route = route
        pipe = request.source.map(BodyPipe.init)
    }

    func complete(_ result: Result<HTTPResponse, HTTPError>) {
        outcome.update { $0 = result }
        pipe?.end()
    }

    /// Reads the body while the loop sends it, then waits for the loop's answer.
    ///
    /// It is waited for even after a cancellation: only the loop can promise that the sink is left alone.
    @available(*, noasync, message: "this waits for the network")
    func wait(on loop: TransferLoop) -> Result<HTTPResponse, HTTPError> {
        pipe?.fill { loop.resume(self) }
        return outcome.wait(until: Deadline.never) { $0 }
            ?? .failure(HTTPError(.local, "the transfer's outcome was lost"))
    }
}
