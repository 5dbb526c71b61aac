extension Edison {
    /// What a JSON Web Token says of itself (RFC 7519); its signature is the platform's business.
    struct TokenClaims: Equatable {
        /// Seconds since 1970.
        var expires: Int?
        var issued: Int?
        /// Everything in it that may be the user's id on the platform, likeliest first.
        var users: [String] = []
        var subject: String?

        /// Nil when the text is no such token: some platforms hand out opaque ones.
        init?(_ token: String) {
            let parts = token.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let payload = Base64.decode(parts[1]), let json = try? JSON.parse(payload),
                json.asObject != nil
            else { return nil }
            expires = json["exp"]?.asInteger
            issued = json["iat"]?.asInteger
            subject = json["sub"]?.asString
            for name in ["user_id", "sub", "uid", "email"] {
                if let user = json[name]?.asString, !user.isEmpty, !users.contains(user) { users.append(user) }
            }
        }
    }

    /// Base64 in both alphabets, with or without padding (RFC 4648).
    enum Base64 {
        static func decode(_ text: some StringProtocol) -> [UInt8]? {
            var bytes: [UInt8] = []
            var buffer: UInt32 = 0
            var bits = 0
            for character in text.utf8.reversed().drop(while: { $0 == UInt8(ascii: "=") }).reversed() {
                guard let value = value(character) else { return nil }
                buffer = buffer << 6 | UInt32(value)
                bits += 6
                if bits >= 8 {
                    bits -= 8
                    bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
                }
            }
            return bits == 6 ? nil : bytes
        }

        /// The usual alphabet, padded.
        static func text(_ bytes: some Sequence<UInt8>) -> String {
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
            let input = Array(bytes)
            var output: [UInt8] = []
            for start in stride(from: 0, to: input.count, by: 3) {
                let group = input[start..<min(start + 3, input.count)]
                let word = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
                for digit in 0..<4 {
                    let value = Int(word >> UInt32(18 - 6 * digit) & 0x3F)
                    output.append(digit <= group.count ? alphabet[value] : UInt8(ascii: "="))
                }
            }
            return String(decoding: output, as: UTF8.self)
        }

        private static func value(_ character: UInt8) -> UInt8? {
            switch character {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
            default: nil
            }
        }
    }
}
