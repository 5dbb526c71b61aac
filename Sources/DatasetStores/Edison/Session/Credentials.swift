package import DatasetModel

extension Edison {
    /// What opens the platform: an API key, with which ``Session`` logs in, or a token that somebody else got.
    package enum Credentials: Sendable {
        case apiKey(Secret)
        /// A JSON Web Token; it cannot be refreshed.
        case token(Secret)

        package static let keyVariable = "EDISON_PLATFORM_API_KEY"
        package static let tokenVariable = "EDISON_PLATFORM_JWT"

        /// Finds the credentials: the named file when there is one, else the environment's key, else its token.
        ///
        /// - Parameter file: Path of a file that holds the API key and nothing else.
        /// - Throws: `.unauthenticated` when there are none or they cannot be what they are said to be, `.localFailure`
        ///   when the file cannot be read or others can read it.
        package static func find(environment: [String: String], file: String? = nil) throws(StoreError) -> Credentials {
            if let file { return .apiKey(try KeyFile.read(file)) }
            if let key = environment[keyVariable], !key.isEmpty {
                return .apiKey(try checked(key, source: "the environment variable \(keyVariable)"))
            }
            if let token = environment[tokenVariable], !token.isEmpty {
                return .token(try checked(token, source: "the environment variable \(tokenVariable)"))
            }
            throw StoreError(
                .unauthenticated,
                "no credentials for Edison were given",
                remedy: "Set \(keyVariable), or name a file that holds the API key."
            )
        }

        /// The key without surrounding white space; it goes into a header field or a request, so it must be one word.
        static func checked(_ text: String, source: String) throws(StoreError) -> Secret {
            var bytes = Array(text.utf8)[...]
            while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
            while let first = bytes.first, first <= 0x20 { bytes.removeFirst() }
            guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw StoreError(
                    .unauthenticated,
                    bytes.isEmpty ? "\(source) is empty" : "\(source) holds more than one word of plain characters",
                    remedy: "Put the key alone there, as the platform shows it."
                )
            }
            return Secret(String(decoding: bytes, as: UTF8.self))
        }
    }
}
