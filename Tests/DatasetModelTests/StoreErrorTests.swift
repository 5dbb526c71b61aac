import DatasetModel
import DatasetSync
import Testing

@Suite("StoreError")
struct StoreErrorTests {
    @Test(
        "What ended an operation is told from the reason of its cancellation",
        arguments: [(.interrupted, .interrupted), (.deadline, .timedOut)] as [(CancellationReason, StoreError.Code)]
    )
    func reason(_ reason: CancellationReason, _ code: StoreError.Code) {
        let error = StoreError(reason, during: "Reading “a”")

        #expect(error.code == code)
        #expect(error.message.hasPrefix("Reading “a” "))
    }

    @Test("A deadline comes with a remedy")
    func remedy() {
        #expect(StoreError(.deadline, during: "x").remedy != nil)
    }

    @Test("Only a broken way to the store counts as such", arguments: StoreError.Code.allCases)
    func connectivity(_ code: StoreError.Code) {
        let broken: Set<StoreError.Code> = [
            .unresolved, .unreachable, .reset, .timedOut, .offline, .serverFailure, .throttled,
        ]

        #expect(code.isConnectivity == broken.contains(code))
    }
}
