package import DatasetSync

/// Why no (whole) answer came; an answer with an error status is an ``HTTPResponse``, not an error.
package struct HTTPError: Error, Sendable, Equatable {
    package enum Code: Sendable, Hashable {
        case unresolvedHost
        /// Refused, no route, or no connection in time.
        case unreachable
        /// Broken off after the connection stood: reset, short body, empty answer, HTTP/2 stream error.
        case reset
        /// No byte for longer than the request's stall limit.
        case stalled
        /// Certificate or handshake.
        case untrusted
        case bodyTooLarge
        /// The URL or the answer is no HTTP.
        case malformed
        /// The receiver wanted no more.
        case refusedByReceiver
        /// Cancellation or deadline.
        case cancelled(CancellationReason)
        /// Out of memory, descriptors or the like on this machine.
        case local
    }

    package var code: Code
    /// libcurl's words, redacted, with the host but never a query.
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
