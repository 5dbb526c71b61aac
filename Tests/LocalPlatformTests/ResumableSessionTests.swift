import Testing

@testable import LocalPlatform

@Suite("ResumableSession")
struct ResumableSessionTests {
    private static let unit = ResumableSession.granularity

    @Test("chunks follow one another to the end")
    func chunks() {
        var session = ResumableSession()
        let total = 2 * Self.unit + 5

        #expect(session.request(.chunk(0..<(2 * Self.unit), total: total)) == .accept(skip: 0))
        #expect(session.rangeHeader == nil)
        #expect(session.took(2 * Self.unit) == .resume)
        #expect(session.rangeHeader == "bytes=0-\(2 * Self.unit - 1)")
        #expect(session.request(.chunk((2 * Self.unit)..<total, total: total)) == .accept(skip: 0))
        #expect(session.took(5) == .publish)
    }

    @Test("a ragged end that is not the last is not kept")
    func ragged() {
        var session = ResumableSession()

        _ = session.request(.chunk(0..<(Self.unit + 7), total: 10 * Self.unit))
        #expect(session.took(Self.unit + 7) == .resume)

        #expect(session.received == Self.unit)
    }

    @Test("bytes sent again are skipped, bytes sent too early are not taken")
    func overlap() {
        var session = ResumableSession(total: 4 * Self.unit, received: Self.unit)

        #expect(session.request(.chunk(0..<(2 * Self.unit), total: nil)) == .accept(skip: Self.unit))
        #expect(session.request(.chunk((3 * Self.unit)..<(4 * Self.unit), total: nil)) == .resume)
        #expect(session.request(.chunk(0..<10, total: nil)) == .resume)
    }

    @Test("a status query answers where to go on, or that all is there")
    func query() {
        var session = ResumableSession(total: nil, received: Self.unit)
        #expect(session.request(.query(total: nil)) == .resume)
        #expect(session.request(.query(total: Self.unit)) == .publish)

        session.isDone = true
        #expect(session.request(.query(total: nil)) == .finished)
    }

    @Test("a total that changes or is too small is refused")
    func totals() {
        var session = ResumableSession(total: 100, received: 0)

        guard case .refuse = session.request(.query(total: 99)) else {
            Issue.record("another total was taken")
            return
        }
        _ = session.request(.chunk(0..<100, total: 100))
        guard case .refuse = session.took(101) else {
            Issue.record("more than the total was taken")
            return
        }
    }

    @Test("Content-Range is read strictly")
    func header() {
        typealias Header = ResumableSession.ContentRange
        #expect(Header("bytes 0-9/10") == .chunk(0..<10, total: 10))
        #expect(Header("bytes 0-9/*") == .chunk(0..<10, total: nil))
        #expect(Header("bytes */10") == .query(total: 10))
        #expect(Header("bytes */*") == .query(total: nil))
        for wrong in ["", "bytes", "bytes 0-9", "bytes 9-0/10", "bytes 0-10/10", "items 0-9/10", "bytes 0-9/x"] {
            #expect(Header(wrong) == nil, "\(wrong)")
        }
    }
}
