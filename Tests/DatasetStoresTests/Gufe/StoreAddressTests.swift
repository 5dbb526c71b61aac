import DatasetStores
import Testing

@Suite("StoreAddress")
struct StoreAddressTests {
    private func parse(_ text: String) throws(StoreAddressError) -> StoreAddress {
        try StoreAddress(parsing: text, workingDirectory: "/home/here")
    }

    @Test(
        "What is typed is understood",
        arguments: [
            ("edison:", .edison(endpoint: nil, dataset: nil)),
            (
                "edison:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
                .edison(endpoint: nil, dataset: "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
            ),
            ("edison+http://127.0.0.1:8080", .edison(endpoint: "http://127.0.0.1:8080", dataset: nil)),
            ("edison+http://127.0.0.1:8080/", .edison(endpoint: "http://127.0.0.1:8080", dataset: nil)),
            ("edison+https://Example.ORG/v0.1//x/", .edison(endpoint: "https://example.org/v0.1/x", dataset: nil)),
            ("edison+http://[::1]:9#data-1", .edison(endpoint: "http://[::1]:9", dataset: "data-1")),
            ("edison+https://host#d", .edison(endpoint: "https://host", dataset: "d")),
            ("file:.", .directory("/home/here")),
            ("file:data", .directory("/home/here/data")),
            ("file:./a//b/", .directory("/home/here/a/b")),
            ("file:../b", .directory("/home/here/../b")),
            ("file:/abs/dir", .directory("/abs/dir")),
            ("file:/", .directory("/")),
            ("file:a:b%20c", .directory("/home/here/a:b%20c")),
            ("file:./~", .directory("/home/here/~")),
            ("file:///abs/with%20space/%C3%A9", .directory("/abs/with space/\u{E9}")),
            ("file://localhost/abs", .directory("/abs")),
            ("memory:", .memory),
            ("lab-2:", .named("lab-2")),
            ("edson:", .named("edson")),
        ] as [(String, StoreAddress)]
    )
    func accepted(_ text: String, _ address: StoreAddress) throws {
        #expect(try parse(text) == address)
    }

    @Test(
        "What cannot be is refused",
        arguments: [
            ("mydata", .noColon("mydata")), ("", .noColon("")),
            ("s3://bucket/key", .unknownStore("s3")), (":", .unknownStore("")), ("a b:", .unknownStore("")),
            ("memory:x", .unwantedRest(scheme: "memory")),
            ("edison:a/b", .invalidDataset), ("edison://host", .invalidDataset), ("edison:..", .invalidDataset),
            ("file:", .missingDirectory), ("file://", .missingDirectory),
            ("file:~", .tilde), ("file:~/data", .tilde),
            ("file://server/share", .remoteFile),
            ("file:///a%", .invalidEscape), ("file:///a%2", .invalidEscape), ("file:///a%FF", .invalidEscape),
            ("file:///a%00", .invalidEscape), ("file:///a%+1", .invalidEscape),
            ("edison+http:", .invalidEndpoint), ("edison+http://", .invalidEndpoint),
            ("edison+http:///path", .invalidEndpoint), ("edison+http://host:", .invalidEndpoint),
            ("edison+http://host:0", .invalidEndpoint), ("edison+http://host:65536", .invalidEndpoint),
            ("edison+http://host:+80", .invalidEndpoint), ("edison+http://[::1", .invalidEndpoint),
            ("edison+http://ho st", .invalidEndpoint), ("edison+http://host/a/../b", .invalidEndpoint),
            ("edison+http://host/a b", .invalidEndpoint), ("edison+http://host#a/b", .invalidDataset),
            ("edison+ftp://host", .unknownStore("edison+ftp")),
        ] as [(String, StoreAddressError)]
    )
    func refused(_ text: String, _ error: StoreAddressError) {
        #expect(throws: error) { try parse(text) }
    }

    @Test(
        "A secret in an address is refused and not repeated",
        arguments: [
            "edison+https://user:pa55word@host/", "edison+https://pa55word@host", "edison+https://host/?key=pa55word",
            "edison+https://host?pa55word", "s3://key:pa55word@bucket", "https://user:pa55word@host",
            "edison:pa55word@host", "file://user:pa55word@host/x",
        ]
    )
    func secrets(_ text: String) {
        let error = #expect(throws: StoreAddressError.self) { try parse(text) }

        #expect(error.map { !"\($0)".contains("pa55word") } == true)
    }

    @Test("An unknown store is named together with what is known")
    func message() {
        #expect(
            "\(StoreAddressError.unknownStore("edson"))"
                == "“edson:” is no store; known: edison:, edison:DATASET-ID, edison+https://HOST, file:DIR, memory:, "
                + "or a name from config.yaml"
        )
    }

    @Test(
        "What is printed can be typed again",
        arguments: ["edison:", "edison:abc", "edison+https://host/v1#abc", "file:/a/b", "memory:", "lab:"]
    )
    func description(_ text: String) throws {
        #expect(try parse(text).description == text)
    }
}
