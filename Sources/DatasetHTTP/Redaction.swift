/// Makes what is about to be logged or shown free of secrets; pure functions, safe on any input.
///
/// Built on lists of what may be shown rather than of what must be hidden: platforms invent new names for tokens.
package enum Redaction {
    /// Stands where something was hidden.
    static let mark = "…"

    /// Scheme, host, port and path; never user, password, query or fragment.
    ///
    /// - Parameter isSecret: The URL itself grants access: then the path is hidden too, since some platforms sign there.
    package static func url(_ url: String, isSecret: Bool = false) -> String {
        guard let schemeEnd = url.firstRange(of: "://"), isWord(url[..<schemeEnd.lowerBound]) else { return mark }
        let rest = url[schemeEnd.upperBound...]
        let scheme = url[..<schemeEnd.upperBound].lowercased()
        let end = rest.firstIndex { "/?#\\".contains($0) } ?? rest.endIndex
        let authority = rest[..<end]
        // An unescaped slash in a password makes the part before it look like a host: what stands before an @ goes.
        let tail = rest[end...]
        if tail.prefix(while: { $0 != "?" && $0 != "#" }).contains("@") { return scheme + mark }
        guard let host = host(authority) else { return scheme + mark }
        let path = tail.prefix { $0 != "?" && $0 != "#" }
        let hasMore = path.endIndex < tail.endIndex
        if isSecret { return scheme + host + (tail.isEmpty ? "" : "/" + mark) }
        return scheme + host + path + (hasMore ? "?" + mark : "")
    }

    /// `Name: value` when the field is one that never carries a secret, else `Name: …`.
    package static func header(_ header: HTTPHeader) -> String {
        if ["location", "content-location", "referer"].contains(where: header.isNamed) {
            return "\(header.name): \(url(header.value, isSecret: true))"
        }
        guard shownFields.contains(where: header.isNamed) else { return "\(header.name): \(mark)" }
        return "\(header.name): \(message(header.value))"
    }

    private static let shownFields = [
        "accept", "accept-encoding", "accept-ranges", "age", "allow", "cache-control", "connection", "content-encoding",
        "content-language", "content-length", "content-range", "content-type", "date", "etag", "expires", "if-match",
        "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "last-modified", "range",
        "retry-after",
        "server", "transfer-encoding", "user-agent", "vary",
    ]

    /// Without the user before an @; nil when it cannot be told what is the host.
    private static func host(_ authority: Substring) -> String? {
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        // In brackets stands an IPv6 address with colons of its own.
        let afterName = host.lastIndex(of: "]") ?? host.startIndex
        if let colon = host[afterName...].firstIndex(of: ":") {
            let port = host[host.index(after: colon)...]
            guard port.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        }
        return host.isEmpty ? nil : String(host)
    }

    static func isWord(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isWordByte)
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == 0x2b || byte == 0x2d
            || byte == 0x2e || byte == 0x5f
    }
}
