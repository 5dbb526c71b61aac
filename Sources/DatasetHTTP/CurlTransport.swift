package import DatasetSync

/// Transfers over libcurl: one thread moves them all, over shared connections; callers submit and wait.
///
/// Redirections of GET and HEAD are followed here rather than by libcurl, so that credentials in any field stay with the
/// origin they were meant for. A sink that answers false ends the transfer normally: the caller gets the head as an
/// answer like any other, and the connection is dropped, since the rest of the body still stands in it.
package final class CurlTransport: Transport {
    package let statistics = TransferStatistics()
    private let loop: TransferLoop
    private let thread: OwnedThread

    /// Starts the thread.
    ///
    /// - Throws: `.local` when there is no memory or thread to be had.
    package init(_ configuration: TransportConfiguration = TransportConfiguration()) throws(HTTPError) {
        let statistics = self.statistics
        guard let multi = MultiHandle(configuration, statistics) else {
            throw HTTPError(.local, "libcurl cannot be initialised")
        }
        let loop = TransferLoop(multi)
        let thread = OwnedThread(name: "http") { LoopRunner(loop, multi, configuration, statistics).run() }
        guard let thread else { throw HTTPError(.local, "the system has no thread for the HTTP client") }
        self.loop = loop
        self.thread = thread
    }

    deinit {
        loop.close()
    }

    @available(*, noasync, message: "this waits for the network")
    package func send(
        _ request: HTTPRequest,
        until cancellation: Cancellation,
        route: @escaping @Sendable (HTTPResponseHead) -> BodyDestination
    ) throws(HTTPError) -> HTTPResponse {
        if let reason = cancellation.reason { throw HTTPError(.cancelled(reason), "given up before it began") }
        guard let address = WebAddress(request.url) else {
            throw HTTPError(.malformed, "not an http or https URL")
        }
        for field in request.headers where !field.isWellFormed {
            throw HTTPError(.malformed, "\(address.authority): a header field that is not well-formed")
        }
        let submission = Submission(request, to: address, until: cancellation, route: route)
        guard loop.submit(submission) else {
            throw HTTPError(.cancelled(.interrupted), "the HTTP client was shut down")
        }
        let registration = cancellation.onCancel { [loop] in loop.cancel(submission) }
        defer { cancellation.forget(registration) }
        return try submission.wait(on: loop).get()
    }

    /// Fails every transfer under way with ``HTTPError/Code/cancelled(_:)``, closes the connections and joins the thread.
    @available(*, noasync, message: "this blocks the calling thread")
    package func shutDown() {
        loop.close()
        thread.join()
    }
}

extension HTTPHeader {
    /// A token as name and a value on one line (RFC 9110 section 5): anything else could begin another request.
    fileprivate var isWellFormed: Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
            && !value.utf8.contains { $0 == 0x0d || $0 == 0x0a || $0 == 0 }
    }
}
