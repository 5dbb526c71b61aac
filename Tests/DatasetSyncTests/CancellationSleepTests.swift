import DatasetSync
import DatasetTestSupport
import Testing

@Suite struct CancellationSleepTests {
    @Test("Sleeps its time and says that it may go on")
    func whole() async {
        await onThread { #expect(Cancellation().sleep(.milliseconds(1))) }
    }

    @Test("Ends at once when the operation is over, before or meanwhile")
    func over() async {
        await onThread {
            let cancelled = Cancellation()
            cancelled.cancel()
            #expect(!cancelled.sleep(.seconds(3600)))
            #expect(!Cancellation(deadline: .after(.zero)).sleep(.seconds(3600)))

            let cancellation = Cancellation()
            let canceller = OwnedThread(name: "canceller") { cancellation.cancel() }
            #expect(!cancellation.sleep(.seconds(3600)))
            canceller?.join()
        }
    }
}
