internal import DatasetHTTP

extension Edison {
    /// One call of the platform's API as plain values, without credentials.
    struct Call: Sendable {
        var method: HTTPRequest.Method
        /// From the base URL on, percent-encoded.
        var path: String
        var query: [(name: String, value: String)] = []
        var body: JSON?
        /// Names the call in messages, e.g. `GET entry 5f…`.
        var title: String
        /// Repeating it changes nothing: all reading, searching and logging in, although they are POSTs.
        var isIdempotent: Bool
        /// A text entry holds up to 10 MiB, which JSON escapes can multiply by six; table rows may be larger.
        var bodyLimit = 256 << 20
        /// The platform computes large answers before it sends the first byte; its own client waits 100 s for them.
        var stallLimit = Duration.seconds(100)

        static let storage = "/v0.1/data-storage"

        func request(base: BaseURL, token: Secret?) -> HTTPRequest {
            var headers = [HTTPHeader("Accept", "application/json")]
            if body != nil { headers.append(HTTPHeader("Content-Type", "application/json")) }
            if let token { headers.append(HTTPHeader("Authorization", "Bearer \(token.value)")) }
            let pairs = query.map { "\(BaseURL.escaped($0.name))=\(BaseURL.escaped($0.value))" }
            return HTTPRequest(
                method,
                base.text + path + (pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")),
                headers: headers,
                body: body?.bytes,
                isIdempotent: isIdempotent,
                bodyLimit: bodyLimit,
                stallLimit: stallLimit
            )
        }
    }
}
