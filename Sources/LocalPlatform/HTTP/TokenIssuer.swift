import Crypto
import Foundation

/// Makes and reads the tokens of the login: JWTs signed with HMAC-SHA256 (RFC 7519) that name a user and expire.
struct TokenIssuer: Sendable {
    let key: SymmetricKey
    let lifetime: Double

    func token(for user: String, now: Double = Timestamp.epoch()) -> String {
        let header = Base64.urlString(#"{"alg":"HS256","typ":"JWT"}"#.utf8)
        let claims: JSONValue = ["sub": .string(user), "iat": .double(now), "exp": .double(now + lifetime)]
        let payload = header + "." + Base64.urlString(claims.serialized)
        return payload + "." + signature(payload)
    }

    /// The user a token names; nil when it is not ours or has expired.
    func user(of token: String, now: Double = Timestamp.epoch()) -> String? {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, signature("\(parts[0]).\(parts[1])") == parts[2],
            let claims = Base64.urlBytes(String(parts[1])).flatMap(JSONValue.parse),
            let expiry = claims["exp"]?.doubleValue, expiry > now
        else { return nil }
        return claims["sub"]?.stringValue
    }

    private func signature(_ payload: String) -> String {
        Base64.urlString(HMAC<SHA256>.authenticationCode(for: Data(payload.utf8), using: key))
    }
}
