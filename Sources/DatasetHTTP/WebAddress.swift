internal import CCurl

/// An absolute http or https URL taken apart, by the same parser that will connect to it.
///
/// Two parsers that disagree about the host of a URL are how credentials reach the wrong server.
struct WebAddress: Equatable {
    let url: String
    let scheme: String
    let host: String
    let port: Int

    /// - Returns: Nil when it is not an absolute http or https URL.
    init?(_ url: String) {
        self.init(url, relativeTo: nil)
    }

    /// What `reference` means as the `Location` of an answer from this address (RFC 9110 section 10.2.2).
    func resolving(_ reference: String) -> WebAddress? {
        WebAddress(reference, relativeTo: url)
    }

    /// Scheme, host and port are the same: credentials meant for one may be sent to the other.
    func hasSameOrigin(as other: WebAddress) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// The host as messages show it, with the port when it is not the scheme's own.
    var authority: String {
        port == (scheme == "https" ? 443 : 80) ? host : "\(host):\(port)"
    }

    private init?(_ text: String, relativeTo base: String?) {
        // Control characters and blanks never belong in a URL; in a request line they would begin another request.
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f || (base == nil && $0 == 0x20) }) else { return nil }
        guard let handle = unsafe curl_url() else { return nil }
        defer { unsafe curl_url_cleanup(handle) }

        if let base {
            guard unsafe curl_url_set(handle, CURLUPART_URL, base, 0) == CURLUE_OK else { return nil }
            let encode = UInt32(CURLU_URLENCODE)
            guard unsafe curl_url_set(handle, CURLUPART_URL, text, encode) == CURLUE_OK else { return nil }
        } else {
            guard unsafe curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else { return nil }
        }

        func part(_ part: CURLUPart, _ flags: Int32 = 0) -> String? {
            var value: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(handle, part, &value, UInt32(flags)) == CURLUE_OK,
                let value = unsafe value
            else { return nil }
            defer { unsafe curl_free(value) }
            return unsafe String(cString: value)
        }
        guard let scheme = part(CURLUPART_SCHEME)?.lowercased(), scheme == "http" || scheme == "https",
            let host = part(CURLUPART_HOST)?.lowercased(), !host.isEmpty,
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) }),
            let url = part(CURLUPART_URL)
        else { return nil }
        self.url = base == nil ? text : url
        self.scheme = scheme
        self.host = host
        self.port = port
    }
}
