internal import DatasetModel

extension Edison {
    /// Where the platform's API lives: `https://host[:port][/prefix]`, without a slash at the end.
    struct BaseURL: Sendable, Equatable {
        let text: String
        /// Host and, where it is not the scheme's own, port.
        let host: String
        let isSecure: Bool

        /// - Throws: `.invalid` when it is no HTTP URL, carries credentials, a query or a fragment.
        init(_ url: String) throws(StoreError) {
            var rest = url[...]
            while rest.last == "/" { rest.removeLast() }
            let lowered = rest.lowercased()
            let scheme = ["https://", "http://"].first { lowered.hasPrefix($0) }
            guard let scheme, rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                !rest.contains(where: { "?#@\\".contains($0) })
            else { throw Self.refusal }
            let afterScheme = rest.dropFirst(scheme.count)
            let authority = afterScheme.prefix { $0 != "/" }
            guard !authority.isEmpty else { throw Self.refusal }
            isSecure = scheme == "https://"
            host = authority.lowercased()
            text = scheme + host + afterScheme.dropFirst(authority.count)
        }

        private static let refusal = StoreError(
            .invalid,
            "the address given for the Edison platform is no plain http or https URL",
            remedy: "Give it as https://HOST, without user name, query or fragment."
        )

        /// Escapes everything but the unreserved characters of RFC 3986.
        static func escaped(_ text: String) -> String {
            var escaped = ""
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                    UInt8(ascii: "~"):
                    escaped.unicodeScalars.append(Unicode.Scalar(byte))
                default:
                    let digits = String(byte, radix: 16, uppercase: true)
                    escaped += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
                }
            }
            return escaped
        }
    }
}
