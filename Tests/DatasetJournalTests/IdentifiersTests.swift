import DatasetModel
import Testing

@testable import DatasetJournal

@Suite struct IdentifiersTests {
    @Test("A pending location leads back to its change and no store's location does")
    func pending() {
        #expect(Location.pending(ChangeID(rawValue: 17)).rawValue == "//pending/17")
        #expect(Location.pending(ChangeID(rawValue: 17)).pendingID == ChangeID(rawValue: 17))
        for other in ["", "/pending/17", "pending/17", "//pending/", "//pending/x", "a//pending/17"] {
            #expect(Location(other).pendingID == nil)
        }
    }
}
