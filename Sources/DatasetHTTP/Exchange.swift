internal import DatasetSync

/// The course of one submission, hop by hop; lives on the loop's thread.
struct Exchange {
    let submission: Submission
    var address: WebAddress
    var headers: [HTTPHeader]
    var redirectsLeft: Int
    var answer: Answer
    /// Bytes of the request's body handed to libcurl in this hop.
    var bodyOffset = 0
    /// libcurl was told that nothing is there to send yet.
    var waitsForBody = false
    /// What was to be sent could not be read.
    var lacksBody = false
    /// How often this hop's request was about to be written to a connection.
    var timesSent = 0
    /// The socket could not be made, with this errno.
    var socketError: Int32?
    /// When the last byte moved; nil while waiting for a connection, which the connect timeout limits.
    var lastProgress: MonotonicTime?
    /// Bytes uploaded when last looked at.
    var uploaded: Int64 = 0

    init(_ submission: Submission) {
        self.submission = submission
        address = submission.address
        headers = submission.request.headers
        redirectsLeft = Self.mayRedirect(submission.request) ? submission.request.maxRedirects : 0
        answer = Answer(
            to: submission.request,
            followsRedirects: Self.mayRedirect(submission.request) && submission.request.maxRedirects > 0,
            route: submission.route
        )
    }

    /// Only what has no body and changes nothing is sent elsewhere because a server says so.
    private static func mayRedirect(_ request: HTTPRequest) -> Bool {
        request.method == .get || request.method == .head
    }

    /// The next hop, to where the answer's `Location` points.
    ///
    /// - Throws: `.malformed` for too many or senseless redirections, `.untrusted` for one that leaves TLS.
    func following(_ location: String) throws(HTTPError) -> Exchange {
        guard redirectsLeft > 0 else {
            throw HTTPError(
                .malformed,
                "\(address.authority): more than \(submission.request.maxRedirects) redirections"
            )
        }
        guard let target = address.resolving(location) else {
            throw HTTPError(.malformed, "\(address.authority): redirected to what is not an http or https URL")
        }
        guard address.scheme == target.scheme || target.scheme == "https" else {
            throw HTTPError(.untrusted, "\(address.authority): redirected from https to http at \(target.authority)")
        }
        var next = self
        next.address = target
        if !target.hasSameOrigin(as: address) { next.headers.removeAll { !Self.isHarmless($0) } }
        next.redirectsLeft -= 1
        next.answer = Answer(to: submission.request, followsRedirects: true, route: submission.route)
        next.bodyOffset = 0
        next.timesSent = 0
        next.lastProgress = nil
        next.uploaded = 0
        return next
    }

    /// Fields that say what is wanted. All others (`Authorization`, `Cookie`, `X-API-Key`, …) may be credentials and stay
    /// with the origin they were meant for.
    private static func isHarmless(_ header: HTTPHeader) -> Bool {
        [
            "accept", "accept-language", "cache-control", "if-match", "if-modified-since", "if-none-match", "if-range",
            "if-unmodified-since", "range", "user-agent",
        ].contains { header.isNamed($0) }
    }
}
