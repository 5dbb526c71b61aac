import DatasetHTTP
import DatasetTestSupport
import Testing

@Suite struct RedactionTests {
    @Test(
        "Of a URL, scheme, host, port and path remain",
        arguments: [
            ("https://api.example.org/v1/x?limit=5#top", "https://api.example.org/v1/x?…"),
            ("HTTP://User:pa55@Host:8080/p", "http://Host:8080/p"),
            ("http://[::1]:80/p?", "http://[::1]:80/p?…"),
            ("https://h", "https://h"),
            ("https://h#tok", "https://h?…"),
            ("http://user:pa/55@host/p", "http://…"),
            ("http://user:pass", "http://…"),
            ("http://a@b@c/p", "http://c/p"),
            ("not a url at all", "…"),
            ("", "…"),
            ("://x", "…"),
        ]
    )
    func url(url: String, expected: String) {
        #expect(Redaction.url(url) == expected)
    }

    @Test("Of a URL that grants access, the path goes too")
    func secretURL() {
        #expect(
            Redaction.url("https://b.s3.example/k/e/y?X-Amz-Signature=1", isSecret: true) == "https://b.s3.example/…"
        )
    }

    @Test(
        "Only fields that never carry a secret are shown",
        arguments: [
            (HTTPHeader("Content-Type", "application/json"), "Content-Type: application/json"),
            (HTTPHeader("ETag", "\"d41d8cd98f00b204e9800998ecf8427e\""), "ETag: \"d41d8cd98f00b204e9800998ecf8427e\""),
            (HTTPHeader("Authorization", "Bearer abc"), "Authorization: …"),
            (HTTPHeader("Set-Cookie", "a=b"), "Set-Cookie: …"),
            (HTTPHeader("X-Whatever", "abc"), "X-Whatever: …"),
            (HTTPHeader("Location", "https://h/p?sig=1"), "Location: https://h/…"),
        ]
    )
    func header(header: HTTPHeader, expected: String) {
        #expect(Redaction.header(header) == expected)
    }

    @Test(
        "Text keeps what helps and loses what is secret",
        arguments: [
            ("Could not resolve host: api.example.org", "Could not resolve host: api.example.org"),
            ("Failed to connect to 127.0.0.1 port 80 after 0 ms", "Failed to connect to 127.0.0.1 port 80 after 0 ms"),
            (
                "entry 0b5d2f0e-5d5e-4d0c-9d0a-3d2f1c9b8a77 is gone",
                "entry 0b5d2f0e-5d5e-4d0c-9d0a-3d2f1c9b8a77 is gone"
            ),
            ("GET https://h/p?token=abc failed", "GET https://h/p?… failed"),
            ("see \"https://u:p@h/p\" there", "see \"https://h/p\" there"),
            ("sent Authorization: Bearer abc def", "sent Authorization …"),
            ("with bearer abc", "with bearer …"),
            ("{\"access_token\": \"abc\", \"n\": 1}\nnext", "{\"access_token …\nnext"),
            ("/p?X-Goog-Signature=abc&x=1 gone", "/p?… gone"),
            ("login me:pw@host now", "login … now"),
            ("what? nothing", "what? nothing"),
            ("key AbCdEfGhIjKlMnOpQrStUvWxYz0123456789 used", "key … used"),
        ]
    )
    func message(text: String, expected: String) {
        #expect(Redaction.message(text) == expected)
    }

    @Test("A known secret is hidden wherever it stands, also percent-encoded")
    func knownSecret() {
        #expect(Redaction.message("a=p w/1 b=p%20w%2F1 c", hiding: ["p w/1", ""]) == "a=… b=… c")
    }

    @Test("A secret planted where secrets stand never survives")
    func planted() {
        withSeed { generator in
            for _ in 0..<400 {
                let secret = Self.word(of: "abcdefghijklmnopqrstuvwxyz", 8...12, &generator)
                let noise = (0..<6).map { _ in Self.word(of: "ghijk019-._~%2F", 1...9, &generator) }
                let urls = [
                    "https://\(secret)@host/\(noise[0])", "https://\(noise[0]):\(secret)@host:1/\(noise[1])",
                    "http://host/\(noise[0])/\(noise[1])?\(noise[2])=\(secret)", "http://host?\(secret)",
                    "http://host/\(noise[0])?\(noise[1])=\(noise[2])&\(secret)=\(noise[3])",
                    "http://host/\(noise[0])#\(secret)", "http://\(noise[0]):\(secret)/\(noise[1])@host/",
                ]
                for url in urls {
                    #expect(!Redaction.url(url).contains(secret), "\(url)")
                    let text = "\(noise[4]) \(url) \(noise[5])"
                    #expect(!Redaction.message(text).contains(secret), "\(text)")
                }
                let path = "https://host/\(noise[0])/\(secret)/\(noise[1])?\(noise[2])"
                #expect(!Redaction.url(path, isSecret: true).contains(secret))

                let names = ["Authorization", "Cookie", "X-Amz-Security-Token", "Proxy-Authorization", "X-\(noise[0])"]
                for name in names {
                    #expect(!Redaction.header(HTTPHeader(name, "\(noise[1]) \(secret)")).contains(secret))
                }
                for name in [
                    "token", "api_key", "X-Amz-Signature", "sig", "X-Goog-Signature", "password", "Set-Cookie",
                ] {
                    for separator in ["=", ": ", "\": \"", " = "] {
                        let text = "\(noise[0]) \(name)\(separator)\(secret)\(noise[1])"
                        #expect(!Redaction.message(text).contains(secret), "\(text)")
                    }
                }
            }
        }
    }

    @Test("Any text at all is survived, and hiding twice changes nothing more of a URL")
    func anyText() {
        withSeed { generator in
            for _ in 0..<1000 {
                let text = Self.word(of: "ab1 :/?#@=&\"\n\\%é🙂[]", 0...40, &generator)
                _ = Redaction.message(text)
                let once = Redaction.url("http://" + text)
                #expect(Redaction.url(once) == once)
            }
        }
    }

    private static func word(of letters: String, _ length: ClosedRange<Int>, _ generator: inout SeededGenerator)
        -> String
    {
        let all = Array(letters)
        let count = Int.random(in: length, using: &generator)
        return String((0..<count).map { _ in all[Int.random(in: 0..<all.count, using: &generator)] })
    }
}
