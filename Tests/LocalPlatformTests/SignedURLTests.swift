import Crypto
import Foundation
import Testing

@testable import LocalPlatform

@Suite("URLSigner")
struct SignedURLTests {
    private let signer = URLSigner(
        key: SymmetricKey(data: Data(repeating: 7, count: 32)),
        address: PublicAddress("http://h:1"),
        lifetime: 60
    )

    private func parts(_ url: String) -> (expires: String?, signature: String?) {
        let items = URLComponents(string: url)?.queryItems ?? []
        return (items.first { $0.name == "Expires" }?.value, items.first { $0.name == "Signature" }?.value)
    }

    private func verdict(_ method: String, _ path: String, _ filename: String?, now: Double) -> URLSigner.Verdict {
        let (expires, signature) = parts(signer.url("GET", "/storage/objects/x", filename: "a b+c", now: 1000))
        return signer.verify(method, path, filename: filename, expires: expires, signature: signature, now: now)
    }

    @Test("a URL is good until it expires")
    func expiry() {
        #expect(verdict("GET", "/storage/objects/x", "a b+c", now: 1059.9) == .valid)
        #expect(verdict("GET", "/storage/objects/x", "a b+c", now: 1060) == .expired)
    }

    @Test("a URL is good for one method, one path and one name")
    func binding() {
        #expect(verdict("HEAD", "/storage/objects/x", "a b+c", now: 1000) == .mismatch)
        #expect(verdict("GET", "/storage/objects/y", "a b+c", now: 1000) == .mismatch)
        #expect(verdict("GET", "/storage/objects/x", "other", now: 1000) == .mismatch)
    }

    @Test("the address is the one in force when the URL is made")
    func address() {
        signer.address.url = "http://elsewhere:2"

        #expect(signer.url("GET", "/p", now: 0).hasPrefix("http://elsewhere:2/p?"))
    }

    @Test("a token names its user until it expires, and cannot be altered")
    func token() {
        let issuer = TokenIssuer(key: signer.key, lifetime: 10)
        let token = issuer.token(for: "alice", now: 100)

        #expect(issuer.user(of: token, now: 109) == "alice")
        #expect(issuer.user(of: token, now: 110) == nil)
        #expect(issuer.user(of: token + "x", now: 100) == nil)
        #expect(issuer.user(of: "a.b", now: 100) == nil)
    }
}
