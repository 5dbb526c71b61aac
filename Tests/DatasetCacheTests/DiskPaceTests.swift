import Testing

@testable import DatasetCache

@Suite struct DiskPaceTests {
    private let mebibyte = 1 << 20

    @Test("A disk is taken to be fast until it has shown otherwise, not by one write alone")
    func fast() {
        var pace = DiskPace()

        pace.note(mebibyte, in: .milliseconds(60))
        for _ in 0..<20 { pace.note(mebibyte, in: .milliseconds(1)) }

        let takes = pace.takes(mebibyte)
        #expect(takes)
    }

    @Test("A slow disk is left alone for a while, and tried again")
    func slow() {
        var pace = DiskPace()
        for _ in 0..<8 { pace.note(mebibyte, in: .milliseconds(20)) }

        var skipped = 0
        while !pace.takes(mebibyte) { skipped += 1 }
        #expect(skipped == DiskPace.pause / mebibyte - 1)
        pace.note(mebibyte, in: .milliseconds(20))
        let takesAgain = pace.takes(mebibyte)
        #expect(!takesAgain, "It is as slow as before.")
        while !pace.takes(mebibyte) {}
        pace.note(mebibyte, in: .milliseconds(1))
        let takes = [pace.takes(mebibyte), pace.takes(mebibyte)]
        #expect(takes == [true, true])
    }
}
