import Testing

@testable import LocalPlatform

@Suite("RangeHeader")
struct RangeHeaderTests {
    @Test(
        "a single range is cut to the object",
        arguments: [
            ("bytes=0-0", 0..<1), ("bytes=10-19", 10..<20), ("bytes=90-", 90..<100), ("bytes=90-200", 90..<100),
            ("bytes=-7", 93..<100), ("bytes=-700", 0..<100), ("Bytes= 5 - 6 ", 5..<7),
            ("bytes=0-99999999999999999999", 0..<100),
        ]
    )
    func part(header: String, range: Range<Int>) {
        #expect(RangeHeader(header, size: 100) == .part(range))
    }

    @Test(
        "what is no single range of bytes gets the whole",
        arguments: [
            nil, "", "bytes", "items=0-1", "bytes=1-2,5-6", "bytes=5-2", "bytes=a-b", "bytes=-", "bytes=--1",
        ]
    )
    func whole(header: String?) {
        #expect(RangeHeader(header, size: 100) == .whole)
    }

    @Test(
        "a range that begins at or after the end cannot be satisfied",
        arguments: [
            ("bytes=100-", 100), ("bytes=100-200", 100), ("bytes=-0", 100), ("bytes=0-0", 0), ("bytes=-1", 0),
            ("bytes=0-", 0),
        ]
    )
    func unsatisfiable(header: String, size: Int) {
        #expect(RangeHeader(header, size: size) == .unsatisfiable)
    }
}
