import DatasetHTTP
import Testing

@Suite struct RetryAfterTests {
    /// 1994-11-06T08:49:37Z, the example of RFC 9110 section 5.6.7.
    private let example: Int64 = 784_111_777

    @Test(
        "Seconds are seconds",
        arguments: [
            ("0", 0), ("120", 120), ("99999999999999999999", 1 << 40),
        ] as [(String, Int64)]
    )
    func seconds(value: String, expected: Int64) {
        #expect(RetryAfter.parse(value, wallNanoseconds: 0) == .seconds(expected))
    }

    @Test(
        "Dates are told as the time from now until then",
        arguments: [
            "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        ]
    )
    func dates(value: String) {
        #expect(RetryAfter.parse(value, wallNanoseconds: (example - 90) * 1_000_000_000) == .seconds(90))
        #expect(RetryAfter.parse(value, wallNanoseconds: (example + 90) * 1_000_000_000) == .zero)
    }

    @Test(
        "Leap days and ends of years fall where they should",
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
            ("Wed, 31 Dec 2025 23:59:59 GMT", 1_767_225_599), ("Sat, 01 Mar 2036 00:00:00 GMT", 2_087_942_400),
        ] as [(String, Int64)]
    )
    func calendar(value: String, expected: Int64) {
        #expect(RetryAfter.parse(value, wallNanoseconds: -1_000_000_000) == .seconds(expected + 1))
    }

    @Test(
        "What is neither says nothing",
        arguments: [
            "", "-1", "1.5", "soon", "Sun, 06 Nov 1994", "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Now 1994 08:49:37 GMT", ",", ", , , ,",
        ]
    )
    func neither(value: String) {
        #expect(RetryAfter.parse(value, wallNanoseconds: 0) == nil)
    }
}
