import DatasetHTTP
import Testing

@Suite struct TrustAnchorsTests {
    @Test(
        "The environment names them as for the curl program",
        arguments: [
            ([:], TrustAnchors.builtIn),
            (["CURL_CA_BUNDLE": ""], .builtIn),
            (["SSL_CERT_FILE": "/f"], TrustAnchors(file: "/f", directory: nil)),
            (["SSL_CERT_DIR": "/d"], TrustAnchors(file: nil, directory: "/d")),
            (["SSL_CERT_FILE": "/f", "SSL_CERT_DIR": "/d"], TrustAnchors(file: "/f", directory: "/d")),
            (
                ["CURL_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/f", "SSL_CERT_DIR": "/d"],
                TrustAnchors(file: "/b", directory: nil)
            ),
        ]
    )
    func environment(_ environment: [String: String], _ expected: TrustAnchors) {
        #expect(TrustAnchors { environment[$0] } == expected)
    }
}
