import Crypto
import Foundation
import Synchronization

/// Scheme and authority that clients reach this server by; known only once the port is.
final class PublicAddress: Sendable {
    private let state: Mutex<String>

    init(_ url: String) {
        state = Mutex(url)
    }

    var url: String {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

/// Makes and checks URLs that carry their own permission: for one method, one path, until one moment.
struct URLSigner: Sendable {
    let key: SymmetricKey
    let address: PublicAddress
    let lifetime: Double

    enum Verdict: Equatable {
        case valid
        case expired
        case mismatch
    }

    /// A signed URL; `filename` is what a download will be called by its `Content-Disposition`.
    func url(_ method: String, _ path: String, filename: String? = nil, now: Double = Timestamp.epoch()) -> String {
        let expires = String(Int(((now + lifetime) * 1000).rounded()))
        var query = "GoogleAccessId=datasetfs-server&Expires=\(expires)"
        if let filename {
            query += "&filename=" + Self.percentEncoded(filename)
        }
        query += "&Signature=" + signature(method, path, filename: filename, expires: expires)
        return address.url + path + "?" + query
    }

    /// - Parameter expires: milliseconds since 1970, as the URL carries them.
    func verify(
        _ method: String,
        _ path: String,
        filename: String?,
        expires: String?,
        signature given: String?,
        now: Double = Timestamp.epoch()
    ) -> Verdict {
        guard let expires, let given, let moment = Int(expires) else { return .mismatch }
        guard given == signature(method, path, filename: filename, expires: expires) else { return .mismatch }
        return Double(moment) / 1000 > now ? .valid : .expired
    }

    private func signature(_ method: String, _ path: String, filename: String?, expires: String) -> String {
        let text = [method, path, filename ?? "", expires].joined(separator: "\n")
        let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
        return Hex.string(code)
    }

    static func percentEncoded(_ text: String) -> String {
        let unreserved = CharacterSet(
            charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
        )
        return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}

/// Hexadecimal text of bytes, lower case.
enum Hex {
    static func string(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
