/// A header field; names compare without regard to case.
package struct HTTPHeader: Hashable, Sendable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Compares as RFC 9110 does: ASCII letters without regard to case.
    package func isNamed(_ other: String) -> Bool {
        name.utf8.elementsEqual(other.utf8) { $0 == $1 || ($0 | 0x20 == $1 | 0x20 && ($0 | 0x20) &- 0x61 < 26) }
    }
}

/// One HTTP request as plain values.
package struct HTTPRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package var method: Method
    /// Absolute, already percent-encoded.
    package var url: String
    package var headers: [HTTPHeader]
    package var body: [UInt8]?
    /// The body of a `PUT` or `POST` that is not in memory; `body` is nil then.
    package var source: (any BodySource)?
    /// Sending it twice has the effect of sending it once, so it may be repeated after any failure.
    package var isIdempotent: Bool
    /// The URL itself grants access (a signed URL): its query is never shown in a message or a log.
    package var isSecretURL: Bool
    /// Most bytes of a body that is gathered in memory; more is ``HTTPError/Code/bodyTooLarge``.
    package var bodyLimit: Int
    /// No byte for this long breaks the transfer.
    package var stallLimit: Duration
    /// Redirections followed for GET and HEAD; with 0 the 3xx answer itself comes back.
    package var maxRedirects: Int = 5
    /// Lets the server compress the body, which arrives decoded (its length is then not `Content-Length`); never for a range.
    package var acceptsCompression: Bool = false

    package init(
        _ method: Method,
        _ url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8]? = nil,
        isIdempotent: Bool? = nil,
        isSecretURL: Bool = false,
        bodyLimit: Int = 16 << 20,
        stallLimit: Duration = .seconds(30)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.isIdempotent = isIdempotent ?? (method != .post && method != .patch)
        self.isSecretURL = isSecretURL
        self.bodyLimit = bodyLimit
        self.stallLimit = stallLimit
    }

    /// Length of the body, 0 without one.
    package var bodySize: Int { body?.count ?? source?.size ?? 0 }

    /// The first field of that name, whatever its case.
    package func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }
}
